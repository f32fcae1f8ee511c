"use strict";
/**
 * What compilers put in other words for older targets. Each function stands for itself, and gives 42 times
 * what it is given.
 */
var __extends = (this && this.__extends) || (function () {
    var extendStatics = function (d, b) {
        extendStatics = Object.setPrototypeOf ||
            ({ __proto__: [] } instanceof Array && function (d, b) { d.__proto__ = b; }) ||
            function (d, b) { for (var p in b) if (Object.prototype.hasOwnProperty.call(b, p)) d[p] = b[p]; };
        return extendStatics(d, b);
    };
    return function (d, b) {
        if (typeof b !== "function" && b !== null)
            throw new TypeError("Class extends value " + String(b) + " is not a constructor or null");
        extendStatics(d, b);
        function __() { this.constructor = d; }
        d.prototype = b === null ? Object.create(b) : (__.prototype = b.prototype, new __());
    };
})();
var __makeTemplateObject = (this && this.__makeTemplateObject) || function (cooked, raw) {
    if (Object.defineProperty) { Object.defineProperty(cooked, "raw", { value: raw }); } else { cooked.raw = raw; }
    return cooked;
};
var __assign = (this && this.__assign) || function () {
    __assign = Object.assign || function(t) {
        for (var s, i = 1, n = arguments.length; i < n; i++) {
            s = arguments[i];
            for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p))
                t[p] = s[p];
        }
        return t;
    };
    return __assign.apply(this, arguments);
};
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
var __generator = (this && this.__generator) || function (thisArg, body) {
    var _ = { label: 0, sent: function() { if (t[0] & 1) throw t[1]; return t[1]; }, trys: [], ops: [] }, f, y, t, g = Object.create((typeof Iterator === "function" ? Iterator : Object).prototype);
    return g.next = verb(0), g["throw"] = verb(1), g["return"] = verb(2), typeof Symbol === "function" && (g[Symbol.iterator] = function() { return this; }), g;
    function verb(n) { return function (v) { return step([n, v]); }; }
    function step(op) {
        if (f) throw new TypeError("Generator is already executing.");
        while (g && (g = 0, op[0] && (_ = 0)), _) try {
            if (f = 1, y && (t = op[0] & 2 ? y["return"] : op[0] ? y["throw"] || ((t = y["return"]) && t.call(y), 0) : y.next) && !(t = t.call(y, op[1])).done) return t;
            if (y = 0, t) op = [op[0] & 2, t.value];
            switch (op[0]) {
                case 0: case 1: t = op; break;
                case 4: _.label++; return { value: op[1], done: false };
                case 5: _.label++; y = op[1]; op = [0]; continue;
                case 7: op = _.ops.pop(); _.trys.pop(); continue;
                default:
                    if (!(t = _.trys, t = t.length > 0 && t[t.length - 1]) && (op[0] === 6 || op[0] === 2)) { _ = 0; continue; }
                    if (op[0] === 3 && (!t || (op[1] > t[0] && op[1] < t[3]))) { _.label = op[1]; break; }
                    if (op[0] === 6 && _.label < t[1]) { _.label = t[1]; t = op; break; }
                    if (t && _.label < t[2]) { _.label = t[2]; _.ops.push(op); break; }
                    if (t[2]) _.ops.pop();
                    _.trys.pop(); continue;
            }
            op = body.call(thisArg, _);
        } catch (e) { op = [6, e]; y = 0; } finally { f = t = 0; }
        if (op[0] & 5) throw op[1]; return { value: op[0] ? op[1] : void 0, done: true };
    }
};
var __classPrivateFieldGet = (this && this.__classPrivateFieldGet) || function (receiver, state, kind, f) {
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a getter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot read private member from an object whose class did not declare it");
    return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
};
var __classPrivateFieldSet = (this && this.__classPrivateFieldSet) || function (receiver, state, value, kind, f) {
    if (kind === "m") throw new TypeError("Private method is not writable");
    if (kind === "a" && !f) throw new TypeError("Private accessor was defined without a setter");
    if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver)) throw new TypeError("Cannot write private member to an object whose class did not declare it");
    return (kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value)), value;
};
var __classPrivateFieldIn = (this && this.__classPrivateFieldIn) || function(state, receiver) {
    if (receiver === null || (typeof receiver !== "object" && typeof receiver !== "function")) throw new TypeError("Cannot use 'in' operator on non-object");
    return typeof state === "function" ? receiver === state : state.has(receiver);
};
var __await = (this && this.__await) || function (v) { return this instanceof __await ? (this.v = v, this) : new __await(v); }
var __asyncValues = (this && this.__asyncValues) || function (o) {
    if (!Symbol.asyncIterator) throw new TypeError("Symbol.asyncIterator is not defined.");
    var m = o[Symbol.asyncIterator], i;
    return m ? m.call(o) : (o = typeof __values === "function" ? __values(o) : o[Symbol.iterator](), i = {}, verb("next"), verb("throw"), verb("return"), i[Symbol.asyncIterator] = function () { return this; }, i);
    function verb(n) { i[n] = o[n] && function (v) { return new Promise(function (resolve, reject) { v = o[n](v), settle(resolve, reject, v.done, v.value); }); }; }
    function settle(resolve, reject, d, v) { Promise.resolve(v).then(function(v) { resolve({ value: v, done: d }); }, reject); }
};
var __asyncDelegator = (this && this.__asyncDelegator) || function (o) {
    var i, p;
    return i = {}, verb("next"), verb("throw", function (e) { throw e; }), verb("return"), i[Symbol.iterator] = function () { return this; }, i;
    function verb(n, f) { i[n] = o[n] ? function (v) { return (p = !p) ? { value: __await(o[n](v)), done: false } : f ? f(v) : v; } : f; }
};
var __asyncGenerator = (this && this.__asyncGenerator) || function (thisArg, _arguments, generator) {
    if (!Symbol.asyncIterator) throw new TypeError("Symbol.asyncIterator is not defined.");
    var g = generator.apply(thisArg, _arguments || []), i, q = [];
    return i = Object.create((typeof AsyncIterator === "function" ? AsyncIterator : Object).prototype), verb("next"), verb("throw"), verb("return", awaitReturn), i[Symbol.asyncIterator] = function () { return this; }, i;
    function awaitReturn(f) { return function (v) { return Promise.resolve(v).then(f, reject); }; }
    function verb(n, f) { if (g[n]) { i[n] = function (v) { return new Promise(function (a, b) { q.push([n, v, a, b]) > 1 || resume(n, v); }); }; if (f) i[n] = f(i[n]); } }
    function resume(n, v) { try { step(g[n](v)); } catch (e) { settle(q[0][3], e); } }
    function step(r) { r.value instanceof __await ? Promise.resolve(r.value.v).then(fulfill, reject) : settle(q[0][2], r); }
    function fulfill(value) { resume("next", value); }
    function reject(value) { resume("throw", value); }
    function settle(f, v) { if (f(v), q.shift(), q.length) resume(q[0][0], q[0][1]); }
};
var __rest = (this && this.__rest) || function (s, e) {
    var t = {};
    for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p) && e.indexOf(p) < 0)
        t[p] = s[p];
    if (s != null && typeof Object.getOwnPropertySymbols === "function")
        for (var i = 0, p = Object.getOwnPropertySymbols(s); i < p.length; i++) {
            if (e.indexOf(p[i]) < 0 && Object.prototype.propertyIsEnumerable.call(s, p[i]))
                t[p[i]] = s[p[i]];
        }
    return t;
};
var __read = (this && this.__read) || function (o, n) {
    var m = typeof Symbol === "function" && o[Symbol.iterator];
    if (!m) return o;
    var i = m.call(o), r, ar = [], e;
    try {
        while ((n === void 0 || n-- > 0) && !(r = i.next()).done) ar.push(r.value);
    }
    catch (error) { e = { error: error }; }
    finally {
        try {
            if (r && !r.done && (m = i["return"])) m.call(i);
        }
        finally { if (e) throw e.error; }
    }
    return ar;
};
var __spreadArray = (this && this.__spreadArray) || function (to, from, pack) {
    if (pack || arguments.length === 2) for (var i = 0, l = from.length, ar; i < l; i++) {
        if (ar || !(i in from)) {
            if (!ar) ar = Array.prototype.slice.call(from, 0, i);
            ar[i] = from[i];
        }
    }
    return to.concat(ar || Array.prototype.slice.call(from));
};
var __values = (this && this.__values) || function(o) {
    var s = typeof Symbol === "function" && Symbol.iterator, m = s && o[s], i = 0;
    if (m) return m.call(o);
    if (o && typeof o.length === "number") return {
        next: function () {
            if (o && i >= o.length) o = void 0;
            return { value: o && o[i++], done: !o };
        }
    };
    throw new TypeError(s ? "Object is not iterable." : "Symbol.iterator is not defined.");
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.awaitsAtOnce = awaitsAtOnce;
exports.awaits = awaits;
exports.generates = generates;
exports.iteratesLater = iteratesLater;
exports.spreads = spreads;
exports.takesApart = takesApart;
exports.takesTheRest = takesTheRest;
exports.iterates = iterates;
exports.inherits = inherits;
exports.extendsBuiltIns = extendsBuiltIns;
exports.hides = hides;
exports.tags = tags;
exports.computes = computes;
exports.asksForTypes = asksForTypes;
// Babel and swc put the body of this one beside it.
function awaitsAtOnce(x) {
    return __awaiter(this, void 0, void 0, function () {
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0: return [4 /*yield*/, x];
                case 1: return [2 /*return*/, (_a.sent()) * 42];
            }
        });
    });
}
function awaits(x) {
    var _this = this;
    var twice = function (n) { return __awaiter(_this, void 0, void 0, function () { return __generator(this, function (_a) {
        switch (_a.label) {
            case 0: return [4 /*yield*/, n];
            case 1: return [2 /*return*/, (_a.sent()) * 2];
        }
    }); }); };
    var run = function () { return __awaiter(_this, void 0, void 0, function () {
        var _a;
        return __generator(this, function (_b) {
            switch (_b.label) {
                case 0:
                    _b.trys.push([0, 2, , 4]);
                    return [4 /*yield*/, Promise.reject(new Error('no'))];
                case 1:
                    _b.sent();
                    return [3 /*break*/, 4];
                case 2:
                    _a = _b.sent();
                    return [4 /*yield*/, twice(x)];
                case 3: return [2 /*return*/, (_b.sent()) * 21];
                case 4: return [2 /*return*/];
            }
        });
    }); };
    return run();
}
function generates(x) {
    function upTo(n) {
        var i;
        return __generator(this, function (_a) {
            switch (_a.label) {
                case 0:
                    i = 0;
                    _a.label = 1;
                case 1:
                    if (!(i < n)) return [3 /*break*/, 4];
                    return [4 /*yield*/, i];
                case 2:
                    _a.sent();
                    _a.label = 3;
                case 3:
                    i++;
                    return [3 /*break*/, 1];
                case 4: return [5 /*yield**/, __values([n, n])];
                case 5: return [2 /*return*/, _a.sent()];
            }
        });
    }
    return __spreadArray([], __read(upTo(40)), false).length * x;
}
function iteratesLater(x) {
    var _this = this;
    function slowly(n) {
        return __asyncGenerator(this, arguments, function slowly_1() {
            var i;
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0:
                        i = 0;
                        _a.label = 1;
                    case 1:
                        if (!(i < n)) return [3 /*break*/, 6];
                        return [4 /*yield*/, __await(i)];
                    case 2: return [4 /*yield*/, __await.apply(void 0, [_a.sent()])];
                    case 3: return [4 /*yield*/, _a.sent()];
                    case 4:
                        _a.sent();
                        _a.label = 5;
                    case 5:
                        i++;
                        return [3 /*break*/, 1];
                    case 6: return [5 /*yield**/, __values(__asyncDelegator(__asyncValues([n])))];
                    case 7: return [4 /*yield*/, __await.apply(void 0, [_a.sent()])];
                    case 8:
                        _a.sent();
                        return [2 /*return*/];
                }
            });
        });
    }
    function all(n) {
        return __asyncGenerator(this, arguments, function all_1() {
            return __generator(this, function (_a) {
                switch (_a.label) {
                    case 0: return [5 /*yield**/, __values(__asyncDelegator(__asyncValues(slowly(n))))];
                    case 1: return [4 /*yield*/, __await.apply(void 0, [_a.sent()])];
                    case 2:
                        _a.sent();
                        return [2 /*return*/];
                }
            });
        });
    }
    var run = function () { return __awaiter(_this, void 0, void 0, function () {
        var count, _a, _b, _c, n, e_1_1;
        var _d, e_1, _e, _f;
        return __generator(this, function (_g) {
            switch (_g.label) {
                case 0:
                    count = 0;
                    _g.label = 1;
                case 1:
                    _g.trys.push([1, 6, 7, 12]);
                    _a = true, _b = __asyncValues(all(41));
                    _g.label = 2;
                case 2: return [4 /*yield*/, _b.next()];
                case 3:
                    if (!(_c = _g.sent(), _d = _c.done, !_d)) return [3 /*break*/, 5];
                    _f = _c.value;
                    _a = false;
                    n = _f;
                    count += n < 0 ? 0 : 1;
                    _g.label = 4;
                case 4:
                    _a = true;
                    return [3 /*break*/, 2];
                case 5: return [3 /*break*/, 12];
                case 6:
                    e_1_1 = _g.sent();
                    e_1 = { error: e_1_1 };
                    return [3 /*break*/, 12];
                case 7:
                    _g.trys.push([7, , 10, 11]);
                    if (!(!_a && !_d && (_e = _b.return))) return [3 /*break*/, 9];
                    return [4 /*yield*/, _e.call(_b)];
                case 8:
                    _g.sent();
                    _g.label = 9;
                case 9: return [3 /*break*/, 11];
                case 10:
                    if (e_1) throw e_1.error;
                    return [7 /*endfinally*/];
                case 11: return [7 /*endfinally*/];
                case 12: return [2 /*return*/, count * x];
            }
        });
    }); };
    return run();
}
function spreads(x) {
    var list = __spreadArray(__spreadArray(__spreadArray([], __read(new Set([1, 2])), false), __read('ab'), false), [x], false);
    var sum = function () {
        var all = [];
        for (var _i = 0; _i < arguments.length; _i++) {
            all[_i] = arguments[_i];
        }
        return all.length;
    };
    var made = new (Array.bind.apply(Array, __spreadArray([void 0], __read(list), false)))();
    return (sum.apply(void 0, __spreadArray(__spreadArray(__spreadArray([], __read(list), false), __read(list), false), [0], false)) + made.length + Math.max.apply(Math, [26])) * x;
}
function takesApart(x) {
    var _a = __read(new Map([[1, 1], [2, 2], [3, 3], [4, 4]]).keys()), a = _a[0], _b = _a[2], b = _b === void 0 ? 2 : _b, rest = _a.slice(3);
    var _c = { c: 3 }, c = _c.c, _d = _c["d"], d = _d === void 0 ? 4 : _d;
    var copy = __assign(__assign({ e: 30 }, { f: 1 }), { g: 0 });
    return (a + b + rest.length + c + d + copy.e + copy.f + copy.g - 1) * x;
}
function takesTheRest(x) {
    var _a = { a: 1, b: 41 }, a = _a.a, rest = __rest(_a, ["a"]);
    return (a + rest.b) * x;
}
function iterates(x) {
    var e_2, _a;
    var sum = 0;
    try {
        for (var _b = __values(new Map([['a', 20], ['b', 22]])), _c = _b.next(); !_c.done; _c = _b.next()) {
            var _d = __read(_c.value, 2), key = _d[0], value = _d[1];
            sum += key < 'c' ? value : 0;
        }
    }
    catch (e_2_1) { e_2 = { error: e_2_1 }; }
    finally {
        try {
            if (_c && !_c.done && (_a = _b.return)) _a.call(_b);
        }
        finally { if (e_2) throw e_2.error; }
    }
    return sum * x;
}
function inherits(x) {
    var Animal = /** @class */ (function () {
        function Animal(n) {
            this.n = n;
        }
        Object.defineProperty(Animal.prototype, "twice", {
            get: function () {
                return this.n * 2;
            },
            set: function (n) {
                this.n = n / 2;
            },
            enumerable: false,
            configurable: true
        });
        Animal.of = function () {
            var all = [];
            for (var _i = 0; _i < arguments.length; _i++) {
                all[_i] = arguments[_i];
            }
            return new (this.bind.apply(this, __spreadArray([void 0], __read(all), false)))();
        };
        Animal.prototype.sum = function () {
            return this.n;
        };
        return Animal;
    }());
    var Dog = /** @class */ (function (_super) {
        __extends(Dog, _super);
        function Dog() {
            return _super !== null && _super.apply(this, arguments) || this;
        }
        Dog.prototype.sum = function () {
            this.twice = this.twice + 2;
            return _super.prototype.sum.call(this) + _super.prototype.twice;
        };
        Dog.of = function (n) {
            return _super.of.call(this, n - 1);
        };
        return Dog;
    }(Animal));
    return (Dog.of(11).sum() + 9) * x;
}
function extendsBuiltIns(x) {
    var List = /** @class */ (function (_super) {
        __extends(List, _super);
        function List() {
            return _super !== null && _super.apply(this, arguments) || this;
        }
        List.prototype.last = function () {
            return this[this.length - 1];
        };
        return List;
    }(Array));
    var Failure = /** @class */ (function (_super) {
        __extends(Failure, _super);
        function Failure() {
            var _this = _super.apply(this, __spreadArray([], __read(arguments), false)) || this;
            _this.name = 'Failure';
            return _this;
        }
        return Failure;
    }(Error));
    var failure = new Failure('a');
    var known = failure instanceof Failure && failure instanceof Error && failure.message === 'a';
    return known ? List.of(1, 42).last() * x : 0;
}
function hides(x) {
    var Account = /** @class */ (function () {
        function Account() {
            _Account_instances.add(this);
            _Account_balance.set(this, 40);
        }
        Account.has = function (it) {
            return __classPrivateFieldIn(_Account_balance, it);
        };
        Account.open = function () {
            var _b, _c;
            __classPrivateFieldSet(_b = _a, _a, (_c = __classPrivateFieldGet(_b, _a, "f", _Account_count), _c++, _c), "f", _Account_count);
            return __classPrivateFieldGet(_a, _a, "f", _Account_count);
        };
        Account.prototype.grow = function () {
            return __classPrivateFieldGet(__classPrivateFieldGet(this, _Account_instances, "m", _Account_add).call(this, 1), _Account_instances, "a", _Account_total_get);
        };
        var _Account_instances, _a, _Account_balance, _Account_count, _Account_add, _Account_total_get;
        _a = Account, _Account_balance = new WeakMap(), _Account_instances = new WeakSet(), _Account_add = function _Account_add(n) {
            __classPrivateFieldSet(this, _Account_balance, __classPrivateFieldGet(this, _Account_balance, "f") + n, "f");
            return this;
        }, _Account_total_get = function _Account_total_get() {
            return __classPrivateFieldGet(this, _Account_balance, "f");
        };
        _Account_count = { value: 0 };
        Account.opened = 1;
        return Account;
    }());
    var account = new Account();
    return Account.has(account) && !Account.has({}) ? (account.grow() + Account.open() * Account.opened) * x : 0;
}
function tags(x) {
    var first = function (strings) {
        var values = [];
        for (var _i = 1; _i < arguments.length; _i++) {
            values[_i - 1] = arguments[_i];
        }
        return strings.raw[0].length + values[0];
    };
    var later = function () { return first(templateObject_1 || (templateObject_1 = __makeTemplateObject(["ab", "\n"], ["ab", "\\n"])), 38); };
    return (later() + "".concat(typeof x).length - 4) * x;
}
function computes(x) {
    var _a;
    var _b, _c, _d;
    var key = 'k';
    var o = (_a = {}, _a[key] = 2, _a["".concat(key, "2")] = function () { return Math.pow((this === null || this === void 0 ? void 0 : this[key]), 2); }, Object.defineProperty(_a, "a", {
        get: function () { return 1; },
        enumerable: false,
        configurable: true
    }), _a);
    (_b = o.z) !== null && _b !== void 0 ? _b : (o.z = 40);
    return (o.k2() + o.z - ((_d = (_c = o.none) === null || _c === void 0 ? void 0 : _c.b.c) !== null && _d !== void 0 ? _d : 2)) * x;
}
function asksForTypes(x) {
    var text = function (n) { return (typeof n === 'symbol' ? 's' : typeof n); };
    var list = [Symbol('a'), null, undefined, function () { return 1; }].map(text).join();
    return list === 's,object,undefined,function' ? 42 * x : 0;
}
var templateObject_1;
