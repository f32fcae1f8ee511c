/**
 * A store that is a folder: a file for each function, which people read, compare and edit, and the log beside it.
 *
 * @module
 */
export { folder, type FolderOptions } from './store.js'
