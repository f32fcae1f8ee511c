/** What a user of the stores on servers compiles, in CommonJS; never run. */
import type { FunctionStore } from '@isolane/functions'
import mysql = require('@isolane/functions/mysql')
import postgres = require('@isolane/functions/postgres')
import redis = require('@isolane/functions/redis')

const stores: FunctionStore[] = [redis.redis(), postgres.postgres(), mysql.mysql()]
export = stores
