/**
 * What compilers put in other words for older targets. Each function stands for itself, and gives 42 times
 * what it is given.
 */ // Babel and swc put the body of this one beside it.
"use strict";
Object.defineProperty(exports, "__esModule", {
    value: true
});
function _export(target, all) {
    for(var name in all)Object.defineProperty(target, name, {
        enumerable: true,
        get: Object.getOwnPropertyDescriptor(all, name).get
    });
}
_export(exports, {
    get asksForTypes () {
        return asksForTypes;
    },
    get awaits () {
        return awaits;
    },
    get awaitsAtOnce () {
        return awaitsAtOnce;
    },
    get computes () {
        return computes;
    },
    get extendsBuiltIns () {
        return extendsBuiltIns;
    },
    get generates () {
        return generates;
    },
    get hides () {
        return hides;
    },
    get inherits () {
        return inherits;
    },
    get iterates () {
        return iterates;
    },
    get iteratesLater () {
        return iteratesLater;
    },
    get spreads () {
        return spreads;
    },
    get tags () {
        return tags;
    },
    get takesApart () {
        return takesApart;
    },
    get takesTheRest () {
        return takesTheRest;
    }
});
const _async_generator_delegate = require("@swc/helpers/_/_async_generator_delegate");
const _async_iterator = require("@swc/helpers/_/_async_iterator");
const _async_to_generator = require("@swc/helpers/_/_async_to_generator");
const _await_async_generator = require("@swc/helpers/_/_await_async_generator");
const _class_private_field_get = require("@swc/helpers/_/_class_private_field_get");
const _class_private_field_init = require("@swc/helpers/_/_class_private_field_init");
const _class_private_field_set = require("@swc/helpers/_/_class_private_field_set");
const _class_private_method_get = require("@swc/helpers/_/_class_private_method_get");
const _class_private_method_init = require("@swc/helpers/_/_class_private_method_init");
const _class_static_private_field_spec_get = require("@swc/helpers/_/_class_static_private_field_spec_get");
const _class_static_private_field_update = require("@swc/helpers/_/_class_static_private_field_update");
const _define_property = require("@swc/helpers/_/_define_property");
const _object_spread = require("@swc/helpers/_/_object_spread");
const _object_spread_props = require("@swc/helpers/_/_object_spread_props");
const _object_without_properties = require("@swc/helpers/_/_object_without_properties");
const _wrap_async_generator = require("@swc/helpers/_/_wrap_async_generator");
function awaitsAtOnce(x) {
    return _async_to_generator._(function*() {
        return (yield x) * 42;
    })();
}
function awaits(x) {
    const twice = (n)=>_async_to_generator._(function*() {
            return (yield n) * 2;
        })();
    const run = ()=>_async_to_generator._(function*() {
            try {
                yield Promise.reject(new Error('no'));
            } catch (unused) {
                return (yield twice(x)) * 21;
            }
        })();
    return run();
}
function generates(x) {
    function* upTo(n) {
        for(let i = 0; i < n; i++)yield i;
        return yield* [
            n,
            n
        ];
    }
    return [
        ...upTo(40)
    ].length * x;
}
function iteratesLater(x) {
    function slowly(n) {
        return _wrap_async_generator._(function*() {
            for(let i = 0; i < n; i++)yield yield _await_async_generator._(i);
            yield* _async_generator_delegate._(_async_iterator._([
                n
            ]));
        })();
    }
    function all(n) {
        return _wrap_async_generator._(function*() {
            yield* _async_generator_delegate._(_async_iterator._(slowly(n)));
        })();
    }
    const run = ()=>_async_to_generator._(function*() {
            let count = 0;
            {
                var _iteratorAbruptCompletion = false, _didIteratorError = false, _iteratorError;
                try {
                    for(var _iterator = _async_iterator._(all(41)), _step; _iteratorAbruptCompletion = !(_step = yield _iterator.next()).done; _iteratorAbruptCompletion = false){
                        let _value = _step.value;
                        const n = _value;
                        count += n < 0 ? 0 : 1;
                    }
                } catch (err) {
                    _didIteratorError = true;
                    _iteratorError = err;
                } finally{
                    try {
                        if (_iteratorAbruptCompletion && _iterator.return != null) {
                            yield _iterator.return();
                        }
                    } finally{
                        if (_didIteratorError) {
                            throw _iteratorError;
                        }
                    }
                }
            }
            return count * x;
        })();
    return run();
}
function spreads(x) {
    const list = [
        ...new Set([
            1,
            2
        ]),
        ...'ab',
        ...[
            x
        ]
    ];
    const sum = (...all)=>all.length;
    const made = new Array(...list);
    return (sum(...list, ...list, 0) + made.length + Math.max(...[
        26
    ])) * x;
}
function takesApart(x) {
    const [a, , b = 2, ...rest] = new Map([
        [
            1,
            1
        ],
        [
            2,
            2
        ],
        [
            3,
            3
        ],
        [
            4,
            4
        ]
    ]).keys();
    const { c, ['d']: d = 4 } = {
        c: 3
    };
    const copy = _object_spread._(_object_spread_props._(_object_spread._({}, {
        e: 30
    }), {
        f: 1
    }), {
        g: 0
    });
    return (a + b + rest.length + c + d + copy.e + copy.f + copy.g - 1) * x;
}
function takesTheRest(x) {
    const _ref = {
        a: 1,
        b: 41
    }, { a } = _ref, rest = _object_without_properties._(_ref, [
        "a"
    ]);
    return (a + rest.b) * x;
}
function iterates(x) {
    let sum = 0;
    for (const [key, value] of new Map([
        [
            'a',
            20
        ],
        [
            'b',
            22
        ]
    ]))sum += key < 'c' ? value : 0;
    return sum * x;
}
function inherits(x) {
    class Animal {
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
        constructor(n){
            this.n = n;
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
        constructor(...args){
            super(...args), _define_property._(this, "name", 'Failure');
        }
    }
    const failure = new Failure('a');
    const known = failure instanceof Failure && failure instanceof Error && failure.message === 'a';
    return known ? List.of(1, 42).last() * x : 0;
}
function hides(x) {
    var _balance = /*#__PURE__*/ new WeakMap(), _add = /*#__PURE__*/ new WeakSet(), _total = /*#__PURE__*/ new WeakMap();
    class Account {
        static has(it) {
            return _balance.has(it);
        }
        static open() {
            _class_static_private_field_update._(Account, Account, _count).value++;
            return _class_static_private_field_spec_get._(Account, Account, _count);
        }
        grow() {
            var _class_private_method_get_call;
            return _class_private_field_get._(_class_private_method_get_call = _class_private_method_get._(this, _add, add).call(this, 1), _total);
        }
        constructor(){
            _class_private_method_init._(this, _add);
            _class_private_field_init._(this, _total, {
                get: get_total,
                set: void 0
            });
            _class_private_field_init._(this, _balance, {
                writable: true,
                value: 40
            });
        }
    }
    var _count = {
        writable: true,
        value: 0
    };
    _define_property._(Account, "opened", 1);
    function add(n) {
        _class_private_field_set._(this, _balance, _class_private_field_get._(this, _balance) + n);
        return this;
    }
    function get_total() {
        return _class_private_field_get._(this, _balance);
    }
    const account = new Account();
    return Account.has(account) && !Account.has({}) ? (account.grow() + Account.open() * Account.opened) * x : 0;
}
function tags(x) {
    const first = (strings, ...values)=>strings.raw[0].length + values[0];
    const later = ()=>first`ab${38}\n`;
    return (later() + `${typeof x}`.length - 4) * x;
}
function computes(x) {
    var _o, _z, _ref;
    var _o_none;
    const key = 'k';
    const o = {
        [key]: 2,
        [`${key}2`] () {
            var _this;
            return Math.pow((_this = this) === null || _this === void 0 ? void 0 : _this[key], 2);
        },
        get a () {
            return 1;
        }
    };
    (_z = (_o = o).z) !== null && _z !== void 0 ? _z : _o.z = 40;
    return (o.k2() + o.z - ((_ref = (_o_none = o.none) === null || _o_none === void 0 ? void 0 : _o_none.b.c) !== null && _ref !== void 0 ? _ref : 2)) * x;
}
function asksForTypes(x) {
    const text = (n)=>typeof n === 'symbol' ? 's' : typeof n;
    const list = [
        Symbol('a'),
        null,
        undefined,
        ()=>1
    ].map(text).join();
    return list === 's,object,undefined,function' ? 42 * x : 0;
}
