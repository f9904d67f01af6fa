/**
 * What is atomic on Redis: a command, or a script in Lua, which runs alone. A row is a hash: its version, and each
 * column as a field with a dot before its name and JSON as its value. So a script decodes only the columns that it names,
 * and the others stay as they are (cjson would make `{}` of an empty list).
 */
import { createHash } from "node:crypto";

/** A script, and the SHA-1 by which Redis knows it once it has seen the text. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

const script = (...parts: readonly string[]): RedisScript => {
  const text = parts.join("\n");
  return { text, sha: createHash("sha1").update(text).digest("hex") };
};

/** The answer of a script to a fencing token that is too old. */
export const TOO_OLD = -1;

/** Begins the error of a script that cannot compute with the values that it found: 42804. */
export const MISFIT = "MISFIT";

/** KEYS: the row, the set of all keys, the count of births, the fences. ARGV: the row's name, the token or "". */
const rows = `
local row, all, births, fences = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local function passes(token)
  if token == '' then return true end
  local seen = redis.call('HGET', fences, ARGV[1])
  if seen and tonumber(seen) > tonumber(token) then return false end
  redis.call('HSET', fences, ARGV[1], token)
  return true
end
-- A row that comes again gets no version that it had before: each birth starts a new range.
local function put(from)
  local version = redis.call('HGET', row, 'version')
  if version then
    version = string.format('%.0f', tonumber(version) + 1)
    redis.call('DEL', row)
  else
    version = string.format('%.0f', redis.call('INCR', births) * 16777216)
    redis.call('SADD', all, row)
  end
  redis.call('HSET', row, 'version', version, unpack(ARGV, from))
end`;

/**
 * The expression language (core/expression.ts), interpreted, with SQL's three truth values; null is cjson.null. Numbers are
 * doubles here and in JavaScript; 17 digits are enough to keep every one of them.
 */
const expressions = `
local null = cjson.null
local function number(value)
  if type(value) ~= 'number' then error('an operator takes numbers, not ' .. type(value), 0) end
  return value
end
local function digits(value)
  if value ~= value or value == math.huge or value == -math.huge then error('the result is no finite number', 0) end
  if value == math.floor(value) and math.abs(value) < 1e15 then return string.format('%.0f', value) end
  for precision = 15, 17 do
    local text = string.format('%.' .. precision .. 'g', value)
    if tonumber(text) == value then return text end
  end
end
local function worded(value)
  if type(value) == 'number' then return digits(value) end
  if type(value) == 'table' then error('|| takes no list and no object', 0) end
  return tostring(value)
end
local function divisor(value)
  if number(value) == 0 then error('division by zero', 0) end
  return value
end
local evaluate
local operators = {
  ['+'] = function(a, b) return number(a) + number(b) end,
  ['-'] = function(a, b) return number(a) - number(b) end,
  ['*'] = function(a, b) return number(a) * number(b) end,
  ['%'] = function(a, b) return math.fmod(number(a), divisor(b)) + 0 end,
  ['/'] = function(a, b)
    local quotient = number(a) / divisor(b)
    if a ~= math.floor(a) or b ~= math.floor(b) then return quotient end
    return (quotient < 0 and math.ceil(quotient) or math.floor(quotient)) + 0
  end,
  ['||'] = function(a, b) return worded(a) .. worded(b) end,
}
function evaluate(expression, column)
  if type(expression) == 'string' then return column(expression) end
  if type(expression) ~= 'table' then return expression end
  if expression.text ~= nil then return expression.text end
  local a, b = evaluate(expression[2], column), evaluate(expression[3], column)
  if a == null or b == null then return null end
  return operators[expression[1]](a, b)
end
local function compare(operator, a, b)
  if a == null or b == null then return null end
  if operator == '=' then return a == b end
  if operator == '<>' or operator == '!=' then return a ~= b end
  if operator == '<' then return a < b end
  if operator == '<=' then return a <= b end
  if operator == '>' then return a > b end
  return a >= b
end
local function either(values, decisive)
  local unknown = false
  for _, value in ipairs(values) do
    if value == decisive then return decisive end
    if value == null then unknown = true end
  end
  if unknown then return null end
  return not decisive
end
local function truth(condition, column)
  if type(condition) == 'boolean' then return condition end
  local operator = condition[1]
  if operator == 'not' then
    local inner = truth(condition[2], column)
    if inner == null then return null end
    return not inner
  end
  if operator == 'and' or operator == 'or' then
    local parts = {}
    for i = 2, #condition do parts[i - 1] = truth(condition[i], column) end
    return either(parts, operator == 'or')
  end
  if operator == 'is null' then return evaluate(condition[2], column) == null end
  if operator == 'in' then
    local value, tests = evaluate(condition[2], column), {}
    for i, option in ipairs(condition[3]) do tests[i] = compare('=', value, evaluate(option, column)) end
    return either(tests, true)
  end
  return compare(operator, evaluate(condition[2], column), evaluate(condition[3], column))
end`;

/**
 * A named lock belongs to a line, `client:line`. The lines that wait stand in a list: first come, first served. Only a
 * release ends it, no clock does. The lock of a client that has gone is free: a client counts as there while it is
 * subscribed to its own channel, and the subscription ends with its connection.
 *
 * KEYS: the lock, its queue, the set of all keys. ARGV: the line, the beginning of the channels' names.
 */
const locks = `
local lock, queue, all = KEYS[1], KEYS[2], KEYS[3]
local function here(line)
  return redis.call('PUBSUB', 'NUMSUB', ARGV[2] .. string.match(line, '^(.*):'))[2] > 0
end
local function free()
  local holder = redis.call('GET', lock)
  if not holder then return true end
  if here(holder) then return false end
  redis.call('DEL', lock)
  return true
end
local function first()
  while true do
    local line = redis.call('LINDEX', queue, 0)
    if not line or here(line) then return line end
    redis.call('LPOP', queue)
  end
end
local function call()
  local line = first()
  if line then redis.call('PUBLISH', ARGV[2] .. string.match(line, '^(.*):'), line) end
end`;

export const redisScripts = {
  /** ARGV: name, token, then fields and values. */
  write: script(rows, `if not passes(ARGV[2]) then return ${TOO_OLD} end put(3) return 1`),
  /** ARGV: name, "", then fields and values. */
  insert: script(rows, "if redis.call('EXISTS', row) == 1 then return 0 end put(3) return 1"),
  /** ARGV: name, token, version, then fields and values. */
  compareAndSet: script(
    rows,
    `if not passes(ARGV[2]) then return ${TOO_OLD} end
if redis.call('HGET', row, 'version') ~= ARGV[3] then return 0 end
put(4)
return 1`,
  ),
  remove: script("redis.call('SREM', KEYS[2], KEYS[1]) return redis.call('DEL', KEYS[1])"),
  /** KEYS: the fences. ARGV: the row's name, the token. */
  raiseFence: script(`local seen = redis.call('HGET', KEYS[1], ARGV[1])
if seen and tonumber(seen) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`),
  /** KEYS: the row. ARGV: condition, assignments, columns of the key, all as JSON. Answers how many rows it changed. */
  updateWhere: script(
    expressions,
    `if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local keyed = cjson.decode(ARGV[3])
local function column(name)
  if keyed[name] ~= nil then return keyed[name] end
  local text = redis.call('HGET', KEYS[1], '.' .. name)
  if not text then return null end
  return cjson.decode(text)
end
local function json(expression)
  if type(expression) == 'string' and keyed[expression] == nil then
    return redis.call('HGET', KEYS[1], '.' .. expression) or 'null'
  end
  local value = evaluate(expression, column)
  if type(value) == 'number' then return digits(value) end
  return cjson.encode(value)
end
local fits, changes = pcall(function()
  if truth(cjson.decode(ARGV[1]), column) ~= true then return nil end
  local list = {}
  for name, expression in pairs(cjson.decode(ARGV[2])) do
    list[#list + 1] = '.' .. name
    list[#list + 1] = json(expression)
  end
  return list
end)
if not fits then return redis.error_reply('${MISFIT} ' .. tostring(changes)) end
if not changes then return 0 end
redis.call('HINCRBY', KEYS[1], 'version', 1)
if #changes > 0 then redis.call('HSET', KEYS[1], unpack(changes)) end
return 1`,
  ),
  /** ARGV[3]: "wait" or "nowait". Answers 1 when the line has the lock now; if not, a line that waits stands in the queue. */
  acquire: script(
    locks,
    `local next = first()
if free() and (not next or next == ARGV[1]) then
  if next then redis.call('LPOP', queue) end
  redis.call('SET', lock, ARGV[1])
  redis.call('SADD', all, lock, queue)
  return 1
end
if ARGV[3] == 'wait' and not redis.call('LPOS', queue, ARGV[1]) then redis.call('RPUSH', queue, ARGV[1]) end
return 0`,
  ),
  /** Compare and delete. The first line in the queue is told. */
  release: script(
    locks,
    `redis.call('LREM', queue, 0, ARGV[1])
local held = redis.call('GET', lock) == ARGV[1]
if held then redis.call('DEL', lock) end
if not redis.call('GET', lock) then call() end
return held and 1 or 0`,
  ),
  /**
   * SET NX PX, with a fencing token as the value; a token is drawn only when the lease is granted. KEYS: the lease, the
   * tokens, the set of all keys. ARGV: the lock, milliseconds or 0 for ever. Answers the token, or minus the milliseconds
   * after which the lease may be free.
   */
  grant: script(`local left = redis.call('PTTL', KEYS[1])
if left ~= -2 then return -math.max(left, 1) end
local token = redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
if ARGV[2] == '0' then redis.call('SET', KEYS[1], token) else redis.call('SET', KEYS[1], token, 'PX', ARGV[2]) end
redis.call('SADD', KEYS[3], KEYS[1])
return token`),
  /** Compare and delete: a lease that has ended and belongs to another line now stays. KEYS: the lease. ARGV: the token. */
  giveBack: script(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`),
  /**
   * A queue is the ids that are ready and the ids that were delivered, both sorted by number, and the messages by id.
   * KEYS: ready, delivered, messages, counts, the set of all keys. ARGV: the topic, the message.
   */
  publish: script(`local id = redis.call('HINCRBY', KEYS[4], 'published ' .. ARGV[1], 1)
redis.call('HSET', KEYS[3], id, ARGV[2])
redis.call('ZADD', KEYS[1], id, id)
redis.call('SADD', KEYS[5], KEYS[1], KEYS[2], KEYS[3])
return id`),
  /** ARGV[2]: "exclusive" for one message at a time, with a growing token; "reply" for a message that is removed when taken. */
  receive: script(`if ARGV[2] == 'exclusive' and redis.call('ZCARD', KEYS[2]) > 0 then return false end
local id = redis.call('ZPOPMIN', KEYS[1])[1]
if not id then return false end
local message = redis.call('HGET', KEYS[3], id)
if ARGV[2] == 'reply' then redis.call('HDEL', KEYS[3], id) else redis.call('ZADD', KEYS[2], id, id) end
local token = 0
if ARGV[2] == 'exclusive' then token = redis.call('HINCRBY', KEYS[4], 'delivered ' .. ARGV[1], 1) end
return {tonumber(id), message, token}`),
  acknowledge: script(`redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
return redis.call('HDEL', KEYS[3], ARGV[2])`),
  redeliver: script(`if redis.call('ZREM', KEYS[2], ARGV[2]) == 1 then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[2]) end
return 0`),
  /**
   * See service-calls.ts. KEYS: answers by idempotency key, calls that were done. ARGV: service and key or "", the request
   * in one form, the call. Answers 1 done, 2 done before, 3 refused.
   */
  call: script(`if ARGV[1] ~= '' then
  local first = redis.call('HGET', KEYS[1], ARGV[1])
  if first then return first == ARGV[2] and 2 or 3 end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('RPUSH', KEYS[2], ARGV[3])
return 1`),
  /** All rows, messages and calls at one moment. KEYS: the set of all keys, the calls. ARGV: the beginnings of rows and messages. */
  everything: script(`local rows, messages = {}, {}
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if string.sub(key, 1, #ARGV[1]) == ARGV[1] then rows[#rows + 1] = {string.sub(key, #ARGV[1] + 1), redis.call('HGETALL', key)} end
  if string.sub(key, 1, #ARGV[2]) == ARGV[2] then messages[#messages + 1] = {string.sub(key, #ARGV[2] + 1), redis.call('HGETALL', key)} end
end
return {rows, messages, redis.call('LRANGE', KEYS[2], 0, -1)}`),
  /** How many clients are subscribed to a channel. ARGV: the channel. */
  isThere: script("return redis.call('PUBSUB', 'NUMSUB', ARGV[1])[2]"),
};
