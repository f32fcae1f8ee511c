"use strict";

Object.defineProperty(exports, "__esModule", {
  value: true
});
exports.asksForTypes = asksForTypes;
exports.awaits = awaits;
exports.awaitsAtOnce = awaitsAtOnce;
exports.computes = computes;
exports.extendsBuiltIns = extendsBuiltIns;
exports.generates = generates;
exports.hides = hides;
exports.inherits = inherits;
exports.iterates = iterates;
exports.iteratesLater = iteratesLater;
exports.spreads = spreads;
exports.tags = tags;
exports.takesApart = takesApart;
exports.takesTheRest = takesTheRest;
var _templateObject;
var _excluded = ["a"];
function _defineAccessor(e, r, n, t) { var c = { configurable: !0, enumerable: !0 }; return c[e] = t, Object.defineProperty(r, n, c); }
function _typeof(o) { "@babel/helpers - typeof"; return _typeof = "function" == typeof Symbol && "symbol" == typeof Symbol.iterator ? function (o) { return typeof o; } : function (o) { return o && "function" == typeof Symbol && o.constructor === Symbol && o !== Symbol.prototype ? "symbol" : typeof o; }, _typeof(o); }
function _taggedTemplateLiteral(e, t) { return t || (t = e.slice(0)), Object.freeze(Object.defineProperties(e, { raw: { value: Object.freeze(t) } })); }
function _classPrivateMethodInitSpec(e, a) { _checkPrivateRedeclaration(e, a), a.add(e); }
function _classPrivateFieldInitSpec(e, t, a) { _checkPrivateRedeclaration(e, t), t.set(e, a); }
function _checkPrivateRedeclaration(e, t) { if (t.has(e)) throw new TypeError("Cannot initialize the same private elements twice on an object"); }
function _checkInRHS(e) { if (Object(e) !== e) throw TypeError("right-hand side of 'in' should be an object, got " + (null !== e ? _typeof(e) : "null")); return e; }
function _classPrivateGetter(s, r, a) { return a(_assertClassBrand(s, r)); }
function _classPrivateFieldSet(s, a, r) { return s.set(_assertClassBrand(s, a), r), r; }
function _classPrivateFieldGet(s, a) { return s.get(_assertClassBrand(s, a)); }
function _assertClassBrand(e, t, n) { if ("function" == typeof e ? e === t : e.has(t)) return arguments.length < 3 ? t : n; throw new TypeError("Private element is not present on this object"); }
function _wrapNativeSuper(t) { var r = "function" == typeof Map ? new Map() : void 0; return _wrapNativeSuper = function _wrapNativeSuper(t) { if (null === t || !_isNativeFunction(t)) return t; if ("function" != typeof t) throw new TypeError("Super expression must either be null or a function"); if (void 0 !== r) { if (r.has(t)) return r.get(t); r.set(t, Wrapper); } function Wrapper() { return _construct(t, arguments, _getPrototypeOf(this).constructor); } return Wrapper.prototype = Object.create(t.prototype, { constructor: { value: Wrapper, enumerable: !1, writable: !0, configurable: !0 } }), _setPrototypeOf(Wrapper, t); }, _wrapNativeSuper(t); }
function _isNativeFunction(t) { try { return -1 !== Function.toString.call(t).indexOf("[native code]"); } catch (n) { return "function" == typeof t; } }
function _callSuper(t, o, e) { return o = _getPrototypeOf(o), _possibleConstructorReturn(t, _isNativeReflectConstruct() ? Reflect.construct(o, e || [], _getPrototypeOf(t).constructor) : o.apply(t, e)); }
function _possibleConstructorReturn(t, e) { if (e && ("object" == _typeof(e) || "function" == typeof e)) return e; if (void 0 !== e) throw new TypeError("Derived constructors may only return object or undefined"); return _assertThisInitialized(t); }
function _assertThisInitialized(e) { if (void 0 === e) throw new ReferenceError("this hasn't been initialised - super() hasn't been called"); return e; }
function _superPropGet(t, o, e, r) { var p = _get(_getPrototypeOf(1 & r ? t.prototype : t), o, e); return 2 & r && "function" == typeof p ? function (t) { return p.apply(e, t); } : p; }
function _get() { return _get = "undefined" != typeof Reflect && Reflect.get ? Reflect.get.bind() : function (e, t, r) { var p = _superPropBase(e, t); if (p) { var n = Object.getOwnPropertyDescriptor(p, t); return n.get ? n.get.call(arguments.length < 3 ? e : r) : n.value; } }, _get.apply(null, arguments); }
function _superPropBase(t, o) { for (; !{}.hasOwnProperty.call(t, o) && null !== (t = _getPrototypeOf(t));); return t; }
function _getPrototypeOf(t) { return _getPrototypeOf = Object.setPrototypeOf ? Object.getPrototypeOf.bind() : function (t) { return t.__proto__ || Object.getPrototypeOf(t); }, _getPrototypeOf(t); }
function _inherits(t, e) { if ("function" != typeof e && null !== e) throw new TypeError("Super expression must either be null or a function"); t.prototype = Object.create(e && e.prototype, { constructor: { value: t, writable: !0, configurable: !0 } }), Object.defineProperty(t, "prototype", { writable: !1 }), e && _setPrototypeOf(t, e); }
function _classCallCheck(a, n) { if (!(a instanceof n)) throw new TypeError("Cannot call a class as a function"); }
function _defineProperties(e, r) { for (var t = 0; t < r.length; t++) { var o = r[t]; o.enumerable = o.enumerable || !1, o.configurable = !0, "value" in o && (o.writable = !0), Object.defineProperty(e, _toPropertyKey(o.key), o); } }
function _createClass(e, r, t) { return r && _defineProperties(e.prototype, r), t && _defineProperties(e, t), Object.defineProperty(e, "prototype", { writable: !1 }), e; }
function _slicedToArray(r, e) { return _arrayWithHoles(r) || _iterableToArrayLimit(r, e) || _unsupportedIterableToArray(r, e) || _nonIterableRest(); }
function _iterableToArrayLimit(r, l) { var t = null == r ? null : "undefined" != typeof Symbol && r[Symbol.iterator] || r["@@iterator"]; if (null != t) { var e, n, i, u, a = [], f = !0, o = !1; try { if (i = (t = t.call(r)).next, 0 === l) { if (Object(t) !== t) return; f = !1; } else for (; !(f = (e = i.call(t)).done) && (a.push(e.value), a.length !== l); f = !0); } catch (r) { o = !0, n = r; } finally { try { if (!f && null != t.return && (u = t.return(), Object(u) !== u)) return; } finally { if (o) throw n; } } return a; } }
function _createForOfIteratorHelper(r, e) { var t = "undefined" != typeof Symbol && r[Symbol.iterator] || r["@@iterator"]; if (!t) { if (Array.isArray(r) || (t = _unsupportedIterableToArray(r)) || e && r && "number" == typeof r.length) { t && (r = t); var _n = 0, F = function F() {}; return { s: F, n: function n() { return _n >= r.length ? { done: !0 } : { done: !1, value: r[_n++] }; }, e: function e(r) { throw r; }, f: F }; } throw new TypeError("Invalid attempt to iterate non-iterable instance.\nIn order to be iterable, non-array objects must have a [Symbol.iterator]() method."); } var o, a = !0, u = !1; return { s: function s() { t = t.call(r); }, n: function n() { var r = t.next(); return a = r.done, r; }, e: function e(r) { u = !0, o = r; }, f: function f() { try { a || null == t.return || t.return(); } finally { if (u) throw o; } } }; }
function _objectWithoutProperties(e, t) { if (null == e) return {}; var o, r, i = _objectWithoutPropertiesLoose(e, t); if (Object.getOwnPropertySymbols) { var n = Object.getOwnPropertySymbols(e); for (r = 0; r < n.length; r++) o = n[r], -1 === t.indexOf(o) && {}.propertyIsEnumerable.call(e, o) && (i[o] = e[o]); } return i; }
function _objectWithoutPropertiesLoose(r, e) { if (null == r) return {}; var t = {}; for (var n in r) if ({}.hasOwnProperty.call(r, n)) { if (-1 !== e.indexOf(n)) continue; t[n] = r[n]; } return t; }
function ownKeys(e, r) { var t = Object.keys(e); if (Object.getOwnPropertySymbols) { var o = Object.getOwnPropertySymbols(e); r && (o = o.filter(function (r) { return Object.getOwnPropertyDescriptor(e, r).enumerable; })), t.push.apply(t, o); } return t; }
function _objectSpread(e) { for (var r = 1; r < arguments.length; r++) { var t = null != arguments[r] ? arguments[r] : {}; r % 2 ? ownKeys(Object(t), !0).forEach(function (r) { _defineProperty(e, r, t[r]); }) : Object.getOwnPropertyDescriptors ? Object.defineProperties(e, Object.getOwnPropertyDescriptors(t)) : ownKeys(Object(t)).forEach(function (r) { Object.defineProperty(e, r, Object.getOwnPropertyDescriptor(t, r)); }); } return e; }
function _defineProperty(e, r, t) { return (r = _toPropertyKey(r)) in e ? Object.defineProperty(e, r, { value: t, enumerable: !0, configurable: !0, writable: !0 }) : e[r] = t, e; }
function _toPropertyKey(t) { var i = _toPrimitive(t, "string"); return "symbol" == _typeof(i) ? i : i + ""; }
function _toPrimitive(t, e) { if ("object" != _typeof(t) || !t) return t; var r; if ("undefined" != typeof Symbol && void 0 !== (r = t[Symbol.toPrimitive])) { var i = r.call(t, e || "default"); if ("object" != _typeof(i)) return i; throw new TypeError("@@toPrimitive must return a primitive value."); } return ("string" === e ? String : Number)(t); }
function _toArray(r) { return _arrayWithHoles(r) || _iterableToArray(r) || _unsupportedIterableToArray(r) || _nonIterableRest(); }
function _nonIterableRest() { throw new TypeError("Invalid attempt to destructure non-iterable instance.\nIn order to be iterable, non-array objects must have a [Symbol.iterator]() method."); }
function _arrayWithHoles(r) { if (Array.isArray(r)) return r; }
function _construct(t, e, r) { if (_isNativeReflectConstruct()) return Reflect.construct.apply(null, arguments); var o = [null]; o.push.apply(o, e); var p = new (t.bind.apply(t, o))(); return r && _setPrototypeOf(p, r.prototype), p; }
function _setPrototypeOf(t, e) { return _setPrototypeOf = Object.setPrototypeOf ? Object.setPrototypeOf.bind() : function (t, e) { return t.__proto__ = e, t; }, _setPrototypeOf(t, e); }
function _isNativeReflectConstruct() { try { var t = !Boolean.prototype.valueOf.call(Reflect.construct(Boolean, [], function () {})); } catch (t) {} return (_isNativeReflectConstruct = function _isNativeReflectConstruct() { return !!t; })(); }
function _toConsumableArray(r) { return _arrayWithoutHoles(r) || _iterableToArray(r) || _unsupportedIterableToArray(r) || _nonIterableSpread(); }
function _nonIterableSpread() { throw new TypeError("Invalid attempt to spread non-iterable instance.\nIn order to be iterable, non-array objects must have a [Symbol.iterator]() method."); }
function _unsupportedIterableToArray(r, a) { if (r) { if ("string" == typeof r) return _arrayLikeToArray(r, a); var t = {}.toString.call(r).slice(8, -1); return "Object" === t && r.constructor && (t = r.constructor.name), "Map" === t || "Set" === t ? Array.from(r) : "Arguments" === t || /^(?:Ui|I)nt(?:8|16|32)(?:Clamped)?Array$/.test(t) ? _arrayLikeToArray(r, a) : void 0; } }
function _iterableToArray(r) { if ("undefined" != typeof Symbol && null != r[Symbol.iterator] || null != r["@@iterator"]) return Array.from(r); }
function _arrayWithoutHoles(r) { if (Array.isArray(r)) return _arrayLikeToArray(r); }
function _arrayLikeToArray(r, a) { (null == a || a > r.length) && (a = r.length); for (var e = 0, n = Array(a); e < a; e++) n[e] = r[e]; return n; }
function _regeneratorValues(e) { if (null != e) { var t = e["function" == typeof Symbol && Symbol.iterator || "@@iterator"], r = 0; if (t) return t.call(e); if ("function" == typeof e.next) return e; if (!isNaN(e.length)) return { next: function next() { return e && r >= e.length && (e = void 0), { value: e && e[r++], done: !e }; } }; } throw new TypeError(_typeof(e) + " is not iterable"); }
function _regenerator() { /*! regenerator-runtime -- Copyright (c) 2014-present, Facebook, Inc. -- license (MIT): https://github.com/babel/babel/blob/main/packages/babel-helpers/LICENSE */ var e, t, r = "function" == typeof Symbol ? Symbol : {}, n = r.iterator || "@@iterator", o = r.toStringTag || "@@toStringTag"; function i(r, n, o, i) { var c = n && n.prototype instanceof Generator ? n : Generator, u = Object.create(c.prototype); return _regeneratorDefine2(u, "_invoke", function (r, n, o) { var i, c, u, f = 0, p = o || [], y = !1, G = { p: 0, n: 0, v: e, a: d, f: d.bind(e, 4), d: function d(t, r) { return i = t, c = 0, u = e, G.n = r, a; } }; function d(r, n) { for (c = r, u = n, t = 0; !y && f && !o && t < p.length; t++) { var o, i = p[t], d = G.p, l = i[2]; r > 3 ? (o = l === n) && (u = i[(c = i[4]) ? 5 : (c = 3, 3)], i[4] = i[5] = e) : i[0] <= d && ((o = r < 2 && d < i[1]) ? (c = 0, G.v = n, G.n = i[1]) : d < l && (o = r < 3 || i[0] > n || n > l) && (i[4] = r, i[5] = n, G.n = l, c = 0)); } if (o || r > 1) return a; throw y = !0, n; } return function (o, p, l) { if (f > 1) throw TypeError("Generator is already running"); for (y && 1 === p && d(p, l), c = p, u = l; (t = c < 2 ? e : u) || !y;) { i || (c ? (c > 1 && (G.n = c < 3 ? -1 : u), d(c, u)) : G.v = u); try { if (f = 2, i) { if (c || (o = "next"), t = i[o]) { if (!(t = t.call(i, u))) throw TypeError("iterator result is not an object"); if (!t.done) return t; u = t.value, c < 2 && (c = 0); } else 1 === c && (t = i.return) && t.call(i), c < 2 && (u = TypeError("The iterator does not provide a '" + o + "' method"), c = 1); i = e; } else if ((t = (y = G.n < 0) ? u : r.call(n, G)) !== a) break; } catch (t) { i = e, c = 1, u = t; } finally { f = 1; } } return { value: t, done: y }; }; }(r, o, i), !0), u; } var a = {}; function Generator() {} function GeneratorFunction() {} function GeneratorFunctionPrototype() {} t = Object.getPrototypeOf; var c = [][n] ? t(t([][n]())) : (_regeneratorDefine2(t = {}, n, function () { return this; }), t), u = GeneratorFunctionPrototype.prototype = Generator.prototype = Object.create(c); function f(e) { return Object.setPrototypeOf ? Object.setPrototypeOf(e, GeneratorFunctionPrototype) : (e.__proto__ = GeneratorFunctionPrototype, _regeneratorDefine2(e, o, "GeneratorFunction")), e.prototype = Object.create(u), e; } return GeneratorFunction.prototype = GeneratorFunctionPrototype, _regeneratorDefine2(u, "constructor", GeneratorFunctionPrototype), _regeneratorDefine2(GeneratorFunctionPrototype, "constructor", GeneratorFunction), GeneratorFunction.displayName = "GeneratorFunction", _regeneratorDefine2(GeneratorFunctionPrototype, o, "GeneratorFunction"), _regeneratorDefine2(u), _regeneratorDefine2(u, o, "Generator"), _regeneratorDefine2(u, n, function () { return this; }), _regeneratorDefine2(u, "toString", function () { return "[object Generator]"; }), (_regenerator = function _regenerator() { return { w: i, m: f }; })(); }
function _regeneratorDefine2(e, r, n, t) { var i = Object.defineProperty; try { i({}, "", {}); } catch (e) { i = 0; } _regeneratorDefine2 = function _regeneratorDefine(e, r, n, t) { function o(r, n) { _regeneratorDefine2(e, r, function (e) { return this._invoke(r, n, e); }); } r ? i ? i(e, r, { value: n, enumerable: !t, configurable: !t, writable: !t }) : e[r] = n : (o("next", 0), o("throw", 1), o("return", 2)); }, _regeneratorDefine2(e, r, n, t); }
function asyncGeneratorStep(n, t, e, r, o, a, c) { try { var i = n[a](c), u = i.value; } catch (n) { return void e(n); } i.done ? t(u) : Promise.resolve(u).then(r, o); }
function _asyncToGenerator(n) { return function () { var t = this, e = arguments; return new Promise(function (r, o) { var a = n.apply(t, e); function _next(n) { asyncGeneratorStep(a, r, o, _next, _throw, "next", n); } function _throw(n) { asyncGeneratorStep(a, r, o, _next, _throw, "throw", n); } _next(void 0); }); }; }
function _wrapAsyncGenerator(e) { return function () { return new AsyncGenerator(e.apply(this, arguments)); }; }
function AsyncGenerator(e) { var t, n; function resume(t, n) { try { var r = e[t](n), o = r.value, u = o instanceof _OverloadYield; Promise.resolve(u ? o.v : o).then(function (n) { if (u) { var i = "return" === t && o.k ? t : "next"; if (!o.k || n.done) return resume(i, n); n = e[i](n).value; } settle(!!r.done, n); }, function (e) { resume("throw", e); }); } catch (e) { settle(2, e); } } function settle(e, r) { 2 === e ? t.reject(r) : t.resolve({ value: r, done: e }), (t = t.next) ? resume(t.key, t.arg) : n = null; } this._invoke = function (e, r) { return new Promise(function (o, u) { var i = { key: e, arg: r, resolve: o, reject: u, next: null }; n ? n = n.next = i : (t = n = i, resume(e, r)); }); }, "function" != typeof e.return && (this.return = void 0); }
AsyncGenerator.prototype["function" == typeof Symbol && Symbol.asyncIterator || "@@asyncIterator"] = function () { return this; }, AsyncGenerator.prototype.next = function (e) { return this._invoke("next", e); }, AsyncGenerator.prototype.throw = function (e) { return this._invoke("throw", e); }, AsyncGenerator.prototype.return = function (e) { return this._invoke("return", e); };
function _awaitAsyncGenerator(e) { return new _OverloadYield(e, 0); }
function _asyncGeneratorDelegate(t) { var e = {}, n = !1; function pump(e, r) { return n = !0, r = new Promise(function (n) { n(t[e](r)); }), { done: !1, value: new _OverloadYield(r, 1) }; } return e["undefined" != typeof Symbol && Symbol.iterator || "@@iterator"] = function () { return this; }, e.next = function (t) { return n ? (n = !1, t) : pump("next", t); }, "function" == typeof t.throw && (e.throw = function (t) { if (n) throw n = !1, t; return pump("throw", t); }), "function" == typeof t.return && (e.return = function (t) { return n ? (n = !1, t) : pump("return", t); }), e; }
function _OverloadYield(e, d) { this.v = e, this.k = d; }
function _asyncIterator(r) { var n, t, o, e = 2; for ("undefined" != typeof Symbol && (t = Symbol.asyncIterator, o = Symbol.iterator); e--;) { if (t && null != (n = r[t])) return n.call(r); if (o && null != (n = r[o])) return new AsyncFromSyncIterator(n.call(r)); t = "@@asyncIterator", o = "@@iterator"; } throw new TypeError("Object is not async iterable"); }
function AsyncFromSyncIterator(r) { function AsyncFromSyncIteratorContinuation(r) { if (Object(r) !== r) return Promise.reject(new TypeError(r + " is not an object.")); var n = r.done; return Promise.resolve(r.value).then(function (r) { return { value: r, done: n }; }); } return AsyncFromSyncIterator = function AsyncFromSyncIterator(r) { this.s = r, this.n = r.next; }, AsyncFromSyncIterator.prototype = { s: null, n: null, next: function next() { return AsyncFromSyncIteratorContinuation(this.n.apply(this.s, arguments)); }, return: function _return(r) { var n = this.s.return; return void 0 === n ? Promise.resolve({ value: r, done: !0 }) : AsyncFromSyncIteratorContinuation(n.apply(this.s, arguments)); }, throw: function _throw(r) { var n = this.s.throw; return void 0 === n ? Promise.reject(r) : AsyncFromSyncIteratorContinuation(n.apply(this.s, arguments)); } }, new AsyncFromSyncIterator(r); }
/**
 * What compilers put in other words for older targets. Each function stands for itself, and gives 42 times
 * what it is given.
 */
// Babel and swc put the body of this one beside it.
function awaitsAtOnce(_x3) {
  return _awaitsAtOnce.apply(this, arguments);
}
function _awaitsAtOnce() {
  _awaitsAtOnce = _asyncToGenerator(/*#__PURE__*/_regenerator().m(function _callee6(x) {
    var _t5;
    return _regenerator().w(function (_context7) {
      while (1) switch (_context7.n) {
        case 0:
          _context7.n = 1;
          return x;
        case 1:
          _t5 = _context7.v;
          return _context7.a(2, _t5 * 42);
      }
    }, _callee6);
  }));
  return _awaitsAtOnce.apply(this, arguments);
}
function awaits(x) {
  var twice = /*#__PURE__*/function () {
    var _ref = _asyncToGenerator(/*#__PURE__*/_regenerator().m(function _callee(n) {
      var _t;
      return _regenerator().w(function (_context) {
        while (1) switch (_context.n) {
          case 0:
            _context.n = 1;
            return n;
          case 1:
            _t = _context.v;
            return _context.a(2, _t * 2);
        }
      }, _callee);
    }));
    return function twice(_x4) {
      return _ref.apply(this, arguments);
    };
  }();
  var run = /*#__PURE__*/function () {
    var _ref2 = _asyncToGenerator(/*#__PURE__*/_regenerator().m(function _callee2() {
      var _t2, _t3;
      return _regenerator().w(function (_context2) {
        while (1) switch (_context2.p = _context2.n) {
          case 0:
            _context2.p = 0;
            _context2.n = 1;
            return Promise.reject(new Error('no'));
          case 1:
            _context2.n = 4;
            break;
          case 2:
            _context2.p = 2;
            _t2 = _context2.v;
            _context2.n = 3;
            return twice(x);
          case 3:
            _t3 = _context2.v;
            return _context2.a(2, _t3 * 21);
          case 4:
            return _context2.a(2);
        }
      }, _callee2, null, [[0, 2]]);
    }));
    return function run() {
      return _ref2.apply(this, arguments);
    };
  }();
  return run();
}
function generates(x) {
  var _marked = /*#__PURE__*/_regenerator().m(upTo);
  function upTo(n) {
    var i;
    return _regenerator().w(function (_context3) {
      while (1) switch (_context3.n) {
        case 0:
          i = 0;
        case 1:
          if (!(i < n)) {
            _context3.n = 3;
            break;
          }
          _context3.n = 2;
          return i;
        case 2:
          i++;
          _context3.n = 1;
          break;
        case 3:
          return _context3.d(_regeneratorValues([n, n]), 4);
        case 4:
          return _context3.a(2, _context3.v);
      }
    }, _marked);
  }
  return _toConsumableArray(upTo(40)).length * x;
}
function iteratesLater(x) {
  function slowly(_x) {
    return _slowly.apply(this, arguments);
  }
  function _slowly() {
    _slowly = _wrapAsyncGenerator(/*#__PURE__*/_regenerator().m(function _callee3(n) {
      var i;
      return _regenerator().w(function (_context4) {
        while (1) switch (_context4.n) {
          case 0:
            i = 0;
          case 1:
            if (!(i < n)) {
              _context4.n = 4;
              break;
            }
            _context4.n = 2;
            return _awaitAsyncGenerator(i);
          case 2:
            _context4.n = 3;
            return _context4.v;
          case 3:
            i++;
            _context4.n = 1;
            break;
          case 4:
            return _context4.d(_regeneratorValues(_asyncGeneratorDelegate(_asyncIterator([n]), _awaitAsyncGenerator)), 5);
          case 5:
            return _context4.a(2);
        }
      }, _callee3);
    }));
    return _slowly.apply(this, arguments);
  }
  function all(_x2) {
    return _all.apply(this, arguments);
  }
  function _all() {
    _all = _wrapAsyncGenerator(/*#__PURE__*/_regenerator().m(function _callee4(n) {
      return _regenerator().w(function (_context5) {
        while (1) switch (_context5.n) {
          case 0:
            return _context5.d(_regeneratorValues(_asyncGeneratorDelegate(_asyncIterator(slowly(n)), _awaitAsyncGenerator)), 1);
          case 1:
            return _context5.a(2);
        }
      }, _callee4);
    }));
    return _all.apply(this, arguments);
  }
  var run = /*#__PURE__*/function () {
    var _ref3 = _asyncToGenerator(/*#__PURE__*/_regenerator().m(function _callee5() {
      var count, _iteratorAbruptCompletion, _didIteratorError, _iteratorError, _iterator, _step, n, _t4;
      return _regenerator().w(function (_context6) {
        while (1) switch (_context6.p = _context6.n) {
          case 0:
            count = 0;
            _iteratorAbruptCompletion = false;
            _didIteratorError = false;
            _context6.p = 1;
            _iterator = _asyncIterator(all(41));
          case 2:
            _context6.n = 3;
            return _iterator.next();
          case 3:
            if (!(_iteratorAbruptCompletion = !(_step = _context6.v).done)) {
              _context6.n = 5;
              break;
            }
            n = _step.value;
            count += n < 0 ? 0 : 1;
          case 4:
            _iteratorAbruptCompletion = false;
            _context6.n = 2;
            break;
          case 5:
            _context6.n = 7;
            break;
          case 6:
            _context6.p = 6;
            _t4 = _context6.v;
            _didIteratorError = true;
            _iteratorError = _t4;
          case 7:
            _context6.p = 7;
            _context6.p = 8;
            if (!(_iteratorAbruptCompletion && _iterator.return != null)) {
              _context6.n = 9;
              break;
            }
            _context6.n = 9;
            return _iterator.return();
          case 9:
            _context6.p = 9;
            if (!_didIteratorError) {
              _context6.n = 10;
              break;
            }
            throw _iteratorError;
          case 10:
            return _context6.f(9);
          case 11:
            return _context6.f(7);
          case 12:
            return _context6.a(2, count * x);
        }
      }, _callee5, null, [[8,, 9, 11], [1, 6, 7, 12]]);
    }));
    return function run() {
      return _ref3.apply(this, arguments);
    };
  }();
  return run();
}
function spreads(x) {
  var list = [].concat(_toConsumableArray(new Set([1, 2])), _toConsumableArray('ab'), [x]);
  var sum = function sum() {
    return arguments.length;
  };
  var made = _construct(Array, _toConsumableArray(list));
  return (sum.apply(void 0, _toConsumableArray(list).concat(_toConsumableArray(list), [0])) + made.length + Math.max.apply(Math, [26])) * x;
}
function takesApart(x) {
  var _Map$keys = new Map([[1, 1], [2, 2], [3, 3], [4, 4]]).keys(),
    _Map$keys2 = _toArray(_Map$keys),
    a = _Map$keys2[0],
    _Map$keys2$ = _Map$keys2[2],
    b = _Map$keys2$ === void 0 ? 2 : _Map$keys2$,
    rest = _arrayLikeToArray(_Map$keys2).slice(3);
  var _c = {
      c: 3
    },
    c = _c.c,
    _c$d = _c['d'],
    d = _c$d === void 0 ? 4 : _c$d;
  var copy = _objectSpread(_objectSpread({}, {
    e: 30
  }), {}, {
    f: 1
  }, {
    g: 0
  });
  return (a + b + rest.length + c + d + copy.e + copy.f + copy.g - 1) * x;
}
function takesTheRest(x) {
  var _a$b = {
      a: 1,
      b: 41
    },
    a = _a$b.a,
    rest = _objectWithoutProperties(_a$b, _excluded);
  return (a + rest.b) * x;
}
function iterates(x) {
  var sum = 0;
  var _iterator2 = _createForOfIteratorHelper(new Map([['a', 20], ['b', 22]])),
    _step2;
  try {
    for (_iterator2.s(); !(_step2 = _iterator2.n()).done;) {
      var _step2$value = _slicedToArray(_step2.value, 2),
        key = _step2$value[0],
        value = _step2$value[1];
      sum += key < 'c' ? value : 0;
    }
  } catch (err) {
    _iterator2.e(err);
  } finally {
    _iterator2.f();
  }
  return sum * x;
}
function inherits(x) {
  var Animal = /*#__PURE__*/function () {
    function Animal(n) {
      _classCallCheck(this, Animal);
      this.n = n;
    }
    return _createClass(Animal, [{
      key: "twice",
      get: function get() {
        return this.n * 2;
      },
      set: function set(n) {
        this.n = n / 2;
      }
    }, {
      key: "sum",
      value: function sum() {
        return this.n;
      }
    }], [{
      key: "of",
      value: function of() {
        for (var _len = arguments.length, all = new Array(_len), _key = 0; _key < _len; _key++) {
          all[_key] = arguments[_key];
        }
        return _construct(this, all);
      }
    }]);
  }();
  var Dog = /*#__PURE__*/function (_Animal) {
    function Dog() {
      _classCallCheck(this, Dog);
      return _callSuper(this, Dog, arguments);
    }
    _inherits(Dog, _Animal);
    return _createClass(Dog, [{
      key: "sum",
      value: function sum() {
        this.twice = this.twice + 2;
        return _superPropGet(Dog, "sum", this, 3)([]) + _superPropGet(Dog, "twice", this, 1);
      }
    }], [{
      key: "of",
      value: function of(n) {
        return _superPropGet(Dog, "of", this, 2)([n - 1]);
      }
    }]);
  }(Animal);
  return (Dog.of(11).sum() + 9) * x;
}
function extendsBuiltIns(x) {
  var List = /*#__PURE__*/function (_Array) {
    function List() {
      _classCallCheck(this, List);
      return _callSuper(this, List, arguments);
    }
    _inherits(List, _Array);
    return _createClass(List, [{
      key: "last",
      value: function last() {
        return this[this.length - 1];
      }
    }]);
  }(/*#__PURE__*/_wrapNativeSuper(Array));
  var Failure = /*#__PURE__*/function (_Error) {
    function Failure() {
      var _this;
      _classCallCheck(this, Failure);
      for (var _len2 = arguments.length, args = new Array(_len2), _key2 = 0; _key2 < _len2; _key2++) {
        args[_key2] = arguments[_key2];
      }
      _this = _callSuper(this, Failure, [].concat(args));
      _defineProperty(_this, "name", 'Failure');
      return _this;
    }
    _inherits(Failure, _Error);
    return _createClass(Failure);
  }(/*#__PURE__*/_wrapNativeSuper(Error));
  var failure = new Failure('a');
  var known = failure instanceof Failure && failure instanceof Error && failure.message === 'a';
  return known ? List.of(1, 42).last() * x : 0;
}
function hides(x) {
  var _balance = /*#__PURE__*/new WeakMap();
  var _Account_brand = /*#__PURE__*/new WeakSet();
  var Account = /*#__PURE__*/function () {
    function Account() {
      _classCallCheck(this, Account);
      _classPrivateMethodInitSpec(this, _Account_brand);
      _classPrivateFieldInitSpec(this, _balance, 40);
    }
    return _createClass(Account, [{
      key: "grow",
      value: function grow() {
        return _classPrivateGetter(_Account_brand, _assertClassBrand(_Account_brand, this, _add).call(this, 1), _get_total);
      }
    }], [{
      key: "has",
      value: function has(it) {
        return _balance.has(_checkInRHS(it));
      }
    }, {
      key: "open",
      value: function open() {
        var _Account$count, _Account$count2;
        _count._ = (_Account$count = _count._, _Account$count2 = _Account$count++, _Account$count), _Account$count2;
        return _count._;
      }
    }]);
  }();
  function _add(n) {
    _classPrivateFieldSet(_balance, this, _classPrivateFieldGet(_balance, this) + n);
    return this;
  }
  function _get_total(_this2) {
    return _classPrivateFieldGet(_balance, _this2);
  }
  var _count = {
    _: 0
  };
  _defineProperty(Account, "opened", 1);
  var account = new Account();
  return Account.has(account) && !Account.has({}) ? (account.grow() + Account.open() * Account.opened) * x : 0;
}
function tags(x) {
  var first = function first(strings) {
    return strings.raw[0].length + (arguments.length <= 1 ? undefined : arguments[1]);
  };
  var later = function later() {
    return first(_templateObject || (_templateObject = _taggedTemplateLiteral(["ab", "\n"], ["ab", "\\n"])), 38);
  };
  return (later() + "".concat(_typeof(x)).length - 4) * x;
}
function computes(x) {
  var _o$z, _o$none$b$c, _o$none;
  var key = 'k';
  var o = _defineAccessor("get", _defineProperty(_defineProperty({}, key, 2), "".concat(key, "2"), function _() {
    return Math.pow(this === null || this === void 0 ? void 0 : this[key], 2);
  }), "a", function () {
    return 1;
  });
  (_o$z = o.z) !== null && _o$z !== void 0 ? _o$z : o.z = 40;
  return (o.k2() + o.z - ((_o$none$b$c = (_o$none = o.none) === null || _o$none === void 0 ? void 0 : _o$none.b.c) !== null && _o$none$b$c !== void 0 ? _o$none$b$c : 2)) * x;
}
function asksForTypes(x) {
  var text = function text(n) {
    return _typeof(n) === 'symbol' ? 's' : _typeof(n);
  };
  var list = [Symbol('a'), null, undefined, function () {
    return 1;
  }].map(text).join();
  return list === 's,object,undefined,function' ? 42 * x : 0;
}
