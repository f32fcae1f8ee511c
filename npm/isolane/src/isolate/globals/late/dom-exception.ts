import {
  ErrorConstructor,
  ErrorPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
} from '../../../codec/shared/primordials.js'
import { asInterface } from './interface.js'

/** By code: the constant, and the name that has the code. */
const CODES: readonly (readonly [constant: string, name: string])[] = [
  ['', ''],
  ['INDEX_SIZE_ERR', 'IndexSizeError'],
  ['DOMSTRING_SIZE_ERR', ''],
  ['HIERARCHY_REQUEST_ERR', 'HierarchyRequestError'],
  ['WRONG_DOCUMENT_ERR', 'WrongDocumentError'],
  ['INVALID_CHARACTER_ERR', 'InvalidCharacterError'],
  ['NO_DATA_ALLOWED_ERR', ''],
  ['NO_MODIFICATION_ALLOWED_ERR', 'NoModificationAllowedError'],
  ['NOT_FOUND_ERR', 'NotFoundError'],
  ['NOT_SUPPORTED_ERR', 'NotSupportedError'],
  ['INUSE_ATTRIBUTE_ERR', 'InUseAttributeError'],
  ['INVALID_STATE_ERR', 'InvalidStateError'],
  ['SYNTAX_ERR', 'SyntaxError'],
  ['INVALID_MODIFICATION_ERR', 'InvalidModificationError'],
  ['NAMESPACE_ERR', 'NamespaceError'],
  ['INVALID_ACCESS_ERR', 'InvalidAccessError'],
  ['VALIDATION_ERR', ''],
  ['TYPE_MISMATCH_ERR', 'TypeMismatchError'],
  ['SECURITY_ERR', 'SecurityError'],
  ['NETWORK_ERR', 'NetworkError'],
  ['ABORT_ERR', 'AbortError'],
  ['URL_MISMATCH_ERR', 'URLMismatchError'],
  ['QUOTA_EXCEEDED_ERR', 'QuotaExceededError'],
  ['TIMEOUT_ERR', 'TimeoutError'],
  ['INVALID_NODE_TYPE_ERR', 'InvalidNodeTypeError'],
  ['DATA_CLONE_ERR', 'DataCloneError'],
]

const Returned = function (object: object) {
  return object
} as unknown as new (object: object) => object

/** Fields of an error that only an exception of the web has. */
class Fields extends Returned {
  #message: string
  #name: string

  constructor(error: object, message: string, name: string) {
    super(error)
    this.#message = message
    this.#name = name
  }

  static has(value: object): boolean {
    return #name in value
  }

  static messageOf(value: object): string {
    return (value as Fields).#message
  }

  static nameOf(value: object): string {
    return (value as Fields).#name
  }
}

/** An error of the language, so that it has a stack, with the fields of the web. */
class DOMException {
  constructor(message: unknown = '', options: unknown = 'Error') {
    const text = `${message as string}`
    const given = typeof options === 'object' && options !== null ? options : undefined
    const named = given === undefined ? options : (given as { name: unknown }).name
    const name = named === undefined ? 'Error' : `${named as string}`
    const error = new ErrorConstructor(text)
    // The one of the prototype shall be seen.
    delete (error as { message?: string }).message
    if (given !== undefined && 'cause' in given) {
      const { cause } = given
      ObjectDefineProperty(error, 'cause', { value: cause, writable: true, configurable: true })
    }
    ObjectSetPrototypeOf(error, new.target.prototype as object)
    return new Fields(error, text, name) as unknown as DOMException
  }

  get name(): string {
    return Fields.nameOf(this)
  }

  get message(): string {
    return Fields.messageOf(this)
  }

  get code(): number {
    const name = Fields.nameOf(this)
    for (let code = 1; code < CODES.length; code++) if (CODES[code]![1] === name) return code
    return 0
  }
}

ObjectSetPrototypeOf(DOMException.prototype, ErrorPrototype)
asInterface(DOMException, 'DOMException')
for (let value = 1; value < CODES.length; value++) {
  const constant = CODES[value]![0]
  ObjectDefineProperty(DOMException, constant, { value, enumerable: true })
  ObjectDefineProperty(DOMException.prototype, constant, { value, enumerable: true })
}

export function domExceptionClass(): object {
  return DOMException
}

export function domException(message: string, name: string): object {
  return new DOMException(message, name)
}

/** A copy of `value`, if it is such an exception. */
export function copyOfException(value: object): object | undefined {
  return Fields.has(value)
    ? new DOMException(Fields.messageOf(value), Fields.nameOf(value))
    : undefined
}
