"use strict";
/**
 * What compilers put in other words for older targets. Each function stands for itself, and gives 42 times
 * what it is given.
 */
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
const tslib_1 = require("tslib");
// Babel and swc put the body of this one beside it.
function awaitsAtOnce(x) {
    return tslib_1.__awaiter(this, void 0, void 0, function* () {
        return (yield x) * 42;
    });
}
function awaits(x) {
    const twice = (n) => tslib_1.__awaiter(this, void 0, void 0, function* () { return (yield n) * 2; });
    const run = () => tslib_1.__awaiter(this, void 0, void 0, function* () {
        try {
            yield Promise.reject(new Error('no'));
        }
        catch (_a) {
            return (yield twice(x)) * 21;
        }
    });
    return run();
}
function generates(x) {
    function* upTo(n) {
        for (let i = 0; i < n; i++)
            yield i;
        return yield* [n, n];
    }
    return [...upTo(40)].length * x;
}
function iteratesLater(x) {
    function slowly(n) {
        return tslib_1.__asyncGenerator(this, arguments, function* slowly_1() {
            for (let i = 0; i < n; i++)
                yield yield tslib_1.__await(yield tslib_1.__await(i));
            yield tslib_1.__await(yield* tslib_1.__asyncDelegator(tslib_1.__asyncValues([n])));
        });
    }
    function all(n) {
        return tslib_1.__asyncGenerator(this, arguments, function* all_1() {
            yield tslib_1.__await(yield* tslib_1.__asyncDelegator(tslib_1.__asyncValues(slowly(n))));
        });
    }
    const run = () => tslib_1.__awaiter(this, void 0, void 0, function* () {
        var _a, e_1, _b, _c;
        let count = 0;
        try {
            for (var _d = true, _e = tslib_1.__asyncValues(all(41)), _f; _f = yield _e.next(), _a = _f.done, !_a; _d = true) {
                _c = _f.value;
                _d = false;
                const n = _c;
                count += n < 0 ? 0 : 1;
            }
        }
        catch (e_1_1) { e_1 = { error: e_1_1 }; }
        finally {
            try {
                if (!_d && !_a && (_b = _e.return)) yield _b.call(_e);
            }
            finally { if (e_1) throw e_1.error; }
        }
        return count * x;
    });
    return run();
}
function spreads(x) {
    const list = [...new Set([1, 2]), ...'ab', ...[x]];
    const sum = (...all) => all.length;
    const made = new Array(...list);
    return (sum(...list, ...list, 0) + made.length + Math.max(...[26])) * x;
}
function takesApart(x) {
    const [a, , b = 2, ...rest] = new Map([[1, 1], [2, 2], [3, 3], [4, 4]]).keys();
    const { c, ['d']: d = 4 } = { c: 3 };
    const copy = Object.assign(Object.assign({ e: 30 }, { f: 1 }), { g: 0 });
    return (a + b + rest.length + c + d + copy.e + copy.f + copy.g - 1) * x;
}
function takesTheRest(x) {
    const _a = { a: 1, b: 41 }, { a } = _a, rest = tslib_1.__rest(_a, ["a"]);
    return (a + rest.b) * x;
}
function iterates(x) {
    let sum = 0;
    for (const [key, value] of new Map([['a', 20], ['b', 22]]))
        sum += key < 'c' ? value : 0;
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
        constructor() {
            super(...arguments);
            this.name = 'Failure';
        }
    }
    const failure = new Failure('a');
    const known = failure instanceof Failure && failure instanceof Error && failure.message === 'a';
    return known ? List.of(1, 42).last() * x : 0;
}
function hides(x) {
    var _Account_instances, _a, _Account_balance, _Account_count, _Account_add, _Account_total_get;
    class Account {
        constructor() {
            _Account_instances.add(this);
            _Account_balance.set(this, 40);
        }
        static has(it) {
            return tslib_1.__classPrivateFieldIn(_Account_balance, it);
        }
        static open() {
            var _b, _c;
            tslib_1.__classPrivateFieldSet(_b = _a, _a, (_c = tslib_1.__classPrivateFieldGet(_b, _a, "f", _Account_count), _c++, _c), "f", _Account_count);
            return tslib_1.__classPrivateFieldGet(_a, _a, "f", _Account_count);
        }
        grow() {
            return tslib_1.__classPrivateFieldGet(tslib_1.__classPrivateFieldGet(this, _Account_instances, "m", _Account_add).call(this, 1), _Account_instances, "a", _Account_total_get);
        }
    }
    _a = Account, _Account_balance = new WeakMap(), _Account_instances = new WeakSet(), _Account_add = function _Account_add(n) {
        tslib_1.__classPrivateFieldSet(this, _Account_balance, tslib_1.__classPrivateFieldGet(this, _Account_balance, "f") + n, "f");
        return this;
    }, _Account_total_get = function _Account_total_get() {
        return tslib_1.__classPrivateFieldGet(this, _Account_balance, "f");
    };
    _Account_count = { value: 0 };
    Account.opened = 1;
    const account = new Account();
    return Account.has(account) && !Account.has({}) ? (account.grow() + Account.open() * Account.opened) * x : 0;
}
function tags(x) {
    const first = (strings, ...values) => strings.raw[0].length + values[0];
    const later = () => first `ab${38}\n`;
    return (later() + `${typeof x}`.length - 4) * x;
}
function computes(x) {
    var _a, _b, _c;
    const key = 'k';
    const o = { [key]: 2, [`${key}2`]() { return Math.pow((this === null || this === void 0 ? void 0 : this[key]), 2); }, get a() { return 1; } };
    (_a = o.z) !== null && _a !== void 0 ? _a : (o.z = 40);
    return (o.k2() + o.z - ((_c = (_b = o.none) === null || _b === void 0 ? void 0 : _b.b.c) !== null && _c !== void 0 ? _c : 2)) * x;
}
function asksForTypes(x) {
    const text = (n) => (typeof n === 'symbol' ? 's' : typeof n);
    const list = [Symbol('a'), null, undefined, () => 1].map(text).join();
    return list === 's,object,undefined,function' ? 42 * x : 0;
}
