/**
 * What is atomic on Redis: a command, or a script in Lua, which nothing else runs beside. A row is a hash: its
 * version, and each column as a field with a dot before its name and JSON as its value, so that a statement
 * touches the columns that it names and no other is ever decoded (cjson makes `{}` of an empty list).
 */
import { createHash } from "node:crypto";

/** A script, and the SHA-1 by which Redis knows it once it has seen it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

const script = (...parts: readonly string[]): Script => {
  const text = parts.join("\n");
  return { text, sha: createHash("sha1").update(text).digest("hex") };
};

/** `0`, `false`, … come back as they are; a token that is too old comes back as this. */
export const TOO_OLD = -1;

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
-- A version never comes back, also when a row does: each birth starts a new range.
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

/** ARGV: name, token, then fields and values. */
export const write = script(rows, `if not passes(ARGV[2]) then return ${TOO_OLD} end put(3) return 1`);

/** ARGV: name, "", then fields and values. */
export const insert = script(rows, "if redis.call('EXISTS', row) == 1 then return 0 end put(3) return 1");

/** ARGV: name, token, version, then fields and values. */
export const compareAndSet = script(
  rows,
  `if not passes(ARGV[2]) then return ${TOO_OLD} end
if redis.call('HGET', row, 'version') ~= ARGV[3] then return 0 end
put(4)
return 1`,
);

export const remove = script("redis.call('SREM', KEYS[2], KEYS[1]) return redis.call('DEL', KEYS[1])");

/** KEYS: the fences. ARGV: the row's name, the token. */
export const raiseFence = script(`local seen = redis.call('HGET', KEYS[1], ARGV[1])
if seen and tonumber(seen) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`);

/**
 * The expression language (core/expression.ts), interpreted: SQL's three values, null being cjson.null. Numbers are
 * doubles on both sides; 17 digits bring every one of them back.
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
local evaluate
local operators = {
  ['+'] = function(a, b) return number(a) + number(b) end,
  ['-'] = function(a, b) return number(a) - number(b) end,
  ['*'] = function(a, b) return number(a) * number(b) end,
  ['%'] = function(a, b) return math.fmod(number(a), number(b)) end,
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
  if operator == '<>' then return a ~= b end
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
    return either({truth(condition[2], column), truth(condition[3], column)}, operator == 'or')
  end
  if operator == 'is null' then return evaluate(condition[2], column) == null end
  if operator == 'in' then
    local value, tests = evaluate(condition[2], column), {}
    for i, option in ipairs(condition[3]) do tests[i] = compare('=', value, evaluate(option, column)) end
    return either(tests, true)
  end
  return compare(operator, evaluate(condition[2], column), evaluate(condition[3], column))
end`;

/** What a script says of values that do not fit; the adapter makes 42804 of it. */
export const MISFIT = "MISFIT";

/** KEYS: the row. ARGV: condition, assignments, columns of the key, all as JSON. Answers the rows changed. */
export const updateWhere = script(
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
);

/**
 * A named lock belongs to a line, `client:line`, and the lines that wait stand in a list, first come, first served.
 * Nothing ends it but a release; so that the lock of a client that is gone is not held for ever, a client counts as
 * there while it is subscribed to its own channel, which ends with its connection.
 *
 * KEYS: the lock, its queue, the set of all keys. ARGV: the line, the channel's beginning.
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

/** ARGV[3]: "wait" or "nowait". Answers whether the line has it now; else, asked to wait, it stands in the queue. */
export const acquire = script(
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
);

/** Compare and delete; whoever is first in line is told. */
export const release = script(
  locks,
  `redis.call('LREM', queue, 0, ARGV[1])
local held = redis.call('GET', lock) == ARGV[1]
if held then redis.call('DEL', lock) end
if not redis.call('GET', lock) then call() end
return held and 1 or 0`,
);

/**
 * SET NX PX with the fencing token as its value; a token is drawn only when the lease is granted. KEYS: the lease,
 * the tokens, the set of all keys. ARGV: the lock, milliseconds or 0 for ever. Answers the token, or minus the
 * milliseconds until it is worth looking again.
 */
export const grant = script(`local left = redis.call('PTTL', KEYS[1])
if left ~= -2 then return -math.max(left, 1) end
local token = redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
if ARGV[2] == '0' then redis.call('SET', KEYS[1], token) else redis.call('SET', KEYS[1], token, 'PX', ARGV[2]) end
redis.call('SADD', KEYS[3], KEYS[1])
return token`);

/** Compare and delete: a lease that is somebody else's by now stays theirs. KEYS: the lease. ARGV: the token. */
export const giveBack = script(`if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`);

/**
 * A queue: ids that are ready and ids that are out, both by number, and the messages by id.
 * KEYS: ready, out, messages, counts, the set of all keys. ARGV: the topic.
 */
export const publish = script(`local id = redis.call('HINCRBY', KEYS[4], 'published ' .. ARGV[1], 1)
redis.call('HSET', KEYS[3], id, ARGV[2])
redis.call('ZADD', KEYS[1], id, id)
redis.call('SADD', KEYS[5], KEYS[1], KEYS[2], KEYS[3])
return id`);

/** ARGV[2]: "exclusive" for one at a time, with a token that grows; "reply" for what is done with when it is taken. */
export const receive = script(`if ARGV[2] == 'exclusive' and redis.call('ZCARD', KEYS[2]) > 0 then return false end
local id = redis.call('ZPOPMIN', KEYS[1])[1]
if not id then return false end
local message = redis.call('HGET', KEYS[3], id)
if ARGV[2] == 'reply' then redis.call('HDEL', KEYS[3], id) else redis.call('ZADD', KEYS[2], id, id) end
local token = 0
if ARGV[2] == 'exclusive' then token = redis.call('HINCRBY', KEYS[4], 'delivered ' .. ARGV[1], 1) end
return {tonumber(id), message, token}`);

export const acknowledge = script(`redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
return redis.call('HDEL', KEYS[3], ARGV[2])`);

export const redeliver =
  script(`if redis.call('ZREM', KEYS[2], ARGV[2]) == 1 then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[2]) end
return 0`);

/**
 * The contract of the Idempotency-Key draft, as the model has it. KEYS: answers by key, what was done. ARGV: service
 * and key or "", the request in one form for equal requests, the call as it was asked. 1 done, 2 done before, 3 refused.
 */
export const call = script(`if ARGV[1] ~= '' then
  local first = redis.call('HGET', KEYS[1], ARGV[1])
  if first then return first == ARGV[2] and 2 or 3 end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('RPUSH', KEYS[2], ARGV[3])
return 1`);

/** Everything that a person sees, at one moment. KEYS: the set of all keys, what was done. ARGV: where rows and messages begin. */
export const everything = script(`local rows, messages = {}, {}
for _, key in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if string.sub(key, 1, #ARGV[1]) == ARGV[1] then rows[#rows + 1] = {string.sub(key, #ARGV[1] + 1), redis.call('HGETALL', key)} end
  if string.sub(key, 1, #ARGV[2]) == ARGV[2] then messages[#messages + 1] = {string.sub(key, #ARGV[2] + 1), redis.call('HGETALL', key)} end
end
return {rows, messages, redis.call('LRANGE', KEYS[2], 0, -1)}`);

/** Whether anybody is subscribed. ARGV: a channel. */
export const isThere = script("return redis.call('PUBSUB', 'NUMSUB', ARGV[1])[2]");
