// One copy of the classes, however the package is loaded: this entry passes on the CommonJS build.
export * from '../dist/index.js'
