"use strict";

var _interopRequireDefault = require("@babel/runtime/helpers/interopRequireDefault").default;
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
var _classPrivateMethodInitSpec2 = _interopRequireDefault(require("@babel/runtime/helpers/classPrivateMethodInitSpec"));
var _classPrivateFieldInitSpec2 = _interopRequireDefault(require("@babel/runtime/helpers/classPrivateFieldInitSpec"));
var _checkInRHS2 = _interopRequireDefault(require("@babel/runtime/helpers/checkInRHS"));
var _classPrivateGetter2 = _interopRequireDefault(require("@babel/runtime/helpers/classPrivateGetter"));
var _assertClassBrand2 = _interopRequireDefault(require("@babel/runtime/helpers/assertClassBrand"));
var _classPrivateFieldSet2 = _interopRequireDefault(require("@babel/runtime/helpers/classPrivateFieldSet2"));
var _classPrivateFieldGet2 = _interopRequireDefault(require("@babel/runtime/helpers/classPrivateFieldGet2"));
var _defineProperty2 = _interopRequireDefault(require("@babel/runtime/helpers/defineProperty"));
var _slicedToArray2 = _interopRequireDefault(require("@babel/runtime/helpers/slicedToArray"));
var _createForOfIteratorHelper2 = _interopRequireDefault(require("@babel/runtime/helpers/createForOfIteratorHelper"));
var _objectWithoutProperties2 = _interopRequireDefault(require("@babel/runtime/helpers/objectWithoutProperties"));
var _objectSpread2 = _interopRequireDefault(require("@babel/runtime/helpers/objectSpread2"));
var _arrayLikeToArray2 = _interopRequireDefault(require("@babel/runtime/helpers/arrayLikeToArray"));
var _toArray2 = _interopRequireDefault(require("@babel/runtime/helpers/toArray"));
var _asyncToGenerator2 = _interopRequireDefault(require("@babel/runtime/helpers/asyncToGenerator"));
var _wrapAsyncGenerator2 = _interopRequireDefault(require("@babel/runtime/helpers/wrapAsyncGenerator"));
var _awaitAsyncGenerator2 = _interopRequireDefault(require("@babel/runtime/helpers/awaitAsyncGenerator"));
var _asyncGeneratorDelegate2 = _interopRequireDefault(require("@babel/runtime/helpers/asyncGeneratorDelegate"));
var _asyncIterator2 = _interopRequireDefault(require("@babel/runtime/helpers/asyncIterator"));
const _excluded = ["a"];
/**
 * What compilers put in other words for older targets. Each function stands for itself, and gives 42 times
 * what it is given.
 */
// Babel and swc put the body of this one beside it.
function awaitsAtOnce(_x3) {
  return _awaitsAtOnce.apply(this, arguments);
}
function _awaitsAtOnce() {
  _awaitsAtOnce = (0, _asyncToGenerator2.default)(function* (x) {
    return (yield x) * 42;
  });
  return _awaitsAtOnce.apply(this, arguments);
}
function awaits(x) {
  const twice = /*#__PURE__*/function () {
    var _ref = (0, _asyncToGenerator2.default)(function* (n) {
      return (yield n) * 2;
    });
    return function twice(_x4) {
      return _ref.apply(this, arguments);
    };
  }();
  const run = /*#__PURE__*/function () {
    var _ref2 = (0, _asyncToGenerator2.default)(function* () {
      try {
        yield Promise.reject(new Error('no'));
      } catch (_unused) {
        return (yield twice(x)) * 21;
      }
    });
    return function run() {
      return _ref2.apply(this, arguments);
    };
  }();
  return run();
}
function generates(x) {
  function* upTo(n) {
    for (let i = 0; i < n; i++) yield i;
    return yield* [n, n];
  }
  return [...upTo(40)].length * x;
}
function iteratesLater(x) {
  function slowly(_x) {
    return _slowly.apply(this, arguments);
  }
  function _slowly() {
    _slowly = (0, _wrapAsyncGenerator2.default)(function* (n) {
      for (let i = 0; i < n; i++) yield yield (0, _awaitAsyncGenerator2.default)(i);
      yield* (0, _asyncGeneratorDelegate2.default)((0, _asyncIterator2.default)([n]), _awaitAsyncGenerator2.default);
    });
    return _slowly.apply(this, arguments);
  }
  function all(_x2) {
    return _all.apply(this, arguments);
  }
  function _all() {
    _all = (0, _wrapAsyncGenerator2.default)(function* (n) {
      yield* (0, _asyncGeneratorDelegate2.default)((0, _asyncIterator2.default)(slowly(n)), _awaitAsyncGenerator2.default);
    });
    return _all.apply(this, arguments);
  }
  const run = /*#__PURE__*/function () {
    var _ref3 = (0, _asyncToGenerator2.default)(function* () {
      let count = 0;
      var _iteratorAbruptCompletion = false;
      var _didIteratorError = false;
      var _iteratorError;
      try {
        for (var _iterator = (0, _asyncIterator2.default)(all(41)), _step; _iteratorAbruptCompletion = !(_step = yield _iterator.next()).done; _iteratorAbruptCompletion = false) {
          const n = _step.value;
          {
            count += n < 0 ? 0 : 1;
          }
        }
      } catch (err) {
        _didIteratorError = true;
        _iteratorError = err;
      } finally {
        try {
          if (_iteratorAbruptCompletion && _iterator.return != null) {
            yield _iterator.return();
          }
        } finally {
          if (_didIteratorError) {
            throw _iteratorError;
          }
        }
      }
      return count * x;
    });
    return function run() {
      return _ref3.apply(this, arguments);
    };
  }();
  return run();
}
function spreads(x) {
  const list = [...new Set([1, 2]), ...'ab', ...[x]];
  const sum = (...all) => all.length;
  const made = new Array(...list);
  return (sum(...list, ...list, 0) + made.length + Math.max(...[26])) * x;
}
function takesApart(x) {
  const _Map$keys = new Map([[1, 1], [2, 2], [3, 3], [4, 4]]).keys(),
    _Map$keys2 = (0, _toArray2.default)(_Map$keys),
    a = _Map$keys2[0],
    _Map$keys2$ = _Map$keys2[2],
    b = _Map$keys2$ === void 0 ? 2 : _Map$keys2$,
    rest = (0, _arrayLikeToArray2.default)(_Map$keys2).slice(3);
  const _c = {
      c: 3
    },
    c = _c.c,
    _c$d = _c['d'],
    d = _c$d === void 0 ? 4 : _c$d;
  const copy = (0, _objectSpread2.default)((0, _objectSpread2.default)({}, {
    e: 30
  }), {}, {
    f: 1
  }, {
    g: 0
  });
  return (a + b + rest.length + c + d + copy.e + copy.f + copy.g - 1) * x;
}
function takesTheRest(x) {
  const _a$b = {
      a: 1,
      b: 41
    },
    a = _a$b.a,
    rest = (0, _objectWithoutProperties2.default)(_a$b, _excluded);
  return (a + rest.b) * x;
}
function iterates(x) {
  let sum = 0;
  var _iterator2 = (0, _createForOfIteratorHelper2.default)(new Map([['a', 20], ['b', 22]])),
    _step2;
  try {
    for (_iterator2.s(); !(_step2 = _iterator2.n()).done;) {
      const _step2$value = (0, _slicedToArray2.default)(_step2.value, 2),
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
  class Animal {
    constructor(n) {
      this.n = n;
    }
    get twice() {
      return this.n * 2;
    }
    set twice(n) {
      this.n = n / 2;
    }
    static of(...all) {
      return new this(...all);
    }
    sum() {
      return this.n;
    }
  }
  class Dog extends Animal {
    sum() {
      this.twice = this.twice + 2;
      return super.sum() + super.twice;
    }
    static of(n) {
      return super.of(n - 1);
    }
  }
  return (Dog.of(11).sum() + 9) * x;
}
function extendsBuiltIns(x) {
  class List extends Array {
    last() {
      return this[this.length - 1];
    }
  }
  class Failure extends Error {
    constructor(...args) {
      super(...args);
      (0, _defineProperty2.default)(this, "name", 'Failure');
    }
  }
  const failure = new Failure('a');
  const known = failure instanceof Failure && failure instanceof Error && failure.message === 'a';
  return known ? List.of(1, 42).last() * x : 0;
}
function hides(x) {
  var _balance = /*#__PURE__*/new WeakMap();
  var _Account_brand = /*#__PURE__*/new WeakSet();
  class Account {
    constructor() {
      (0, _classPrivateMethodInitSpec2.default)(this, _Account_brand);
      (0, _classPrivateFieldInitSpec2.default)(this, _balance, 40);
    }
    static has(it) {
      return _balance.has((0, _checkInRHS2.default)(it));
    }
    static open() {
      var _Account$count, _Account$count2;
      _count._ = (_Account$count = _count._, _Account$count2 = _Account$count++, _Account$count), _Account$count2;
      return _count._;
    }
    grow() {
      return (0, _classPrivateGetter2.default)(_Account_brand, (0, _assertClassBrand2.default)(_Account_brand, this, _add).call(this, 1), _get_total);
    }
  }
  function _add(n) {
    (0, _classPrivateFieldSet2.default)(_balance, this, (0, _classPrivateFieldGet2.default)(_balance, this) + n);
    return this;
  }
  function _get_total(_this) {
    return (0, _classPrivateFieldGet2.default)(_balance, _this);
  }
  var _count = {
    _: 0
  };
  (0, _defineProperty2.default)(Account, "opened", 1);
  const account = new Account();
  return Account.has(account) && !Account.has({}) ? (account.grow() + Account.open() * Account.opened) * x : 0;
}
function tags(x) {
  const first = (strings, ...values) => strings.raw[0].length + values[0];
  const later = () => first`ab${38}\n`;
  return (later() + `${typeof x}`.length - 4) * x;
}
function computes(x) {
  var _o$z, _o$none$b$c, _o$none;
  const key = 'k';
  const o = {
    [key]: 2,
    [`${key}2`]() {
      return Math.pow(this === null || this === void 0 ? void 0 : this[key], 2);
    },
    get a() {
      return 1;
    }
  };
  (_o$z = o.z) !== null && _o$z !== void 0 ? _o$z : o.z = 40;
  return (o.k2() + o.z - ((_o$none$b$c = (_o$none = o.none) === null || _o$none === void 0 ? void 0 : _o$none.b.c) !== null && _o$none$b$c !== void 0 ? _o$none$b$c : 2)) * x;
}
function asksForTypes(x) {
  const text = n => typeof n === 'symbol' ? 's' : typeof n;
  const list = [Symbol('a'), null, undefined, () => 1].map(text).join();
  return list === 's,object,undefined,function' ? 42 * x : 0;
}
