export * from '../dist/check/index.js'
