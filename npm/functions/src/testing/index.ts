/**
 * What a store must do, as tests that any runner runs:
 *
 * ```js
 * for (const { name, run } of storeContract(open)) test(name, run)
 * ```
 *
 * @module
 */
export { storeContract, type ContractCase, type StoreUnderTest } from './contract.js'
