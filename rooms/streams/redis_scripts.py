"""What Redis does for a log in one step each, in Lua. Redis 7 or newer.

A stream is a Redis stream of its records under ``streams:records:NAME`` and a hash
under ``streams:state:NAME``, which outlives them. The record at position 7 has the id
``7-LATEST``: the latest append time up to it, so that the first record of a time is
found by halving, also where a clock went back. A record is one value: its append time
and how many bytes the stream had been given before it, so that a trim knows what it
frees, in 8 bytes each; then the payload. Every further field would cost Lua a string.
"""

_COMMON = """
local FIELDS = {'fence', 'first', 'next', 'epoch', 'number', 'latest', 'total', 'freed'}
local ONES = {first = 1, next = 1}

local function text(number)  -- as it is: tostring() rounds to 14 digits
  return string.format('%.0f', number)
end

local function load(name)
  local values = redis.call('HMGET', 'streams:state:' .. name, unpack(FIELDS))
  local state = {}
  for index, field in ipairs(FIELDS) do
    state[field] = tonumber(values[index] or ONES[field] or 0)
  end
  return state
end

local function save(name, state)
  local values = {}
  for _, field in ipairs(FIELDS) do
    values[#values + 1] = field
    values[#values + 1] = text(state[field])
  end
  redis.call('HSET', 'streams:state:' .. name, unpack(values))
end

local function bytes_before(records, state, position)
  if position >= state.next then
    return state.total
  end
  local entry = redis.call('XRANGE', records, text(position), '+', 'COUNT', 1)[1]
  local _, bytes = struct.unpack('>I8I8', entry[2][2])
  return bytes
end
"""

# ARGV: bound in bytes, bytes that a record costs beside its payload; then for each
# call name, fence, count, and for each entry epoch, number and append time packed, and
# payload. Gives for each call the tail, or what refused it.
APPEND = (
    _COMMON
    + """
local max_bytes, record_bytes = tonumber(ARGV[1]), tonumber(ARGV[2])
local stored = tonumber(redis.call('GET', 'streams:bytes') or 0)
local at = 3

local function add(name, state, us, payload)
  local records = 'streams:records:' .. name
  state.latest = math.max(state.latest, us)
  local id = text(state.next) .. '-' .. text(state.latest)
  local value = struct.pack('>I8I8', us, state.total) .. payload
  redis.call('XADD', records, id, 'r', value)
  state.next = state.next + 1
  state.total = state.total + #payload + record_bytes
end

local function append(name, fence, first, last)
  local state = load(name)
  if fence < state.fence then
    return 'fenced'
  end
  local rising, size, epoch, number = {}, 0, state.epoch, state.number
  for index = first, last, 2 do
    local e, n, us = struct.unpack('>I4I8I8', ARGV[index])
    if e > epoch or (e == epoch and n > number) then
      epoch, number = e, n
      rising[#rising + 1] = {us, ARGV[index + 1]}
      size = size + #ARGV[index + 1] + record_bytes
    end
  end
  if size > 0 and stored + size > max_bytes then
    return 'full'
  end
  state.fence, state.epoch, state.number = fence, epoch, number
  for _, entry in ipairs(rising) do
    add(name, state, entry[1], entry[2])
  end
  save(name, state)
  if size > 0 then
    stored = stored + size
    redis.call('INCRBY', 'streams:bytes', text(size))
    redis.call('SADD', 'streams:names', name)
    redis.call('PERSIST', 'streams:state:' .. name)
  end
  return {state.first, state.next, state.epoch, state.number}
end

local answers = {}
while at <= #ARGV do
  local name, fence, count = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local last = at + 2 + 2 * count
  answers[#answers + 1] = append(name, fence, at + 3, last)
  at = last + 1
end
return answers
"""
)

# ARGV: seconds that a stream without records is remembered; then name and position of
# each. A full Redis must let go of records: it would stay full.
TRIM = (
    "#!lua flags=allow-oom\n"
    + _COMMON
    + """
for index = 2, #ARGV, 2 do
  local name, before = ARGV[index], tonumber(ARGV[index + 1])
  local records, state = 'streams:records:' .. name, load(name)
  before = math.min(before, state.next)
  if before > state.first then
    local freed = bytes_before(records, state, before)
    redis.call('DECRBY', 'streams:bytes', text(freed - state.freed))
    redis.call('XTRIM', records, 'MINID', text(before))
    state.first, state.freed = before, freed
    save(name, state)
    if before == state.next then
      redis.call('DEL', records)
      redis.call('SREM', 'streams:names', name)
      redis.call('EXPIRE', 'streams:state:' .. name, ARGV[1])
    end
  end
end
"""
)

# ARGV: name, position, time or '', most records, most bytes, bytes that a record costs
# beside its payload. Gives the positions of the first and the last record to read, or
# nothing. They are read without Lua, which would take ten times as long for each.
SPAN = (
    _COMMON
    + """
local name, since = ARGV[1], tonumber(ARGV[3])
local limit, limit_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local record_bytes = tonumber(ARGV[6])
local records, state = 'streams:records:' .. name, load(name)
local first = math.max(tonumber(ARGV[2]), state.first)

local function entry_at(position)
  return redis.call('XRANGE', records, text(position), text(position))[1]
end

if since then
  local high = state.next
  while first < high do
    local middle = math.floor((first + high) / 2)
    if tonumber(string.match(entry_at(middle)[1], '-(%d+)')) < since then
      first = middle + 1
    else
      high = middle
    end
  end
  -- The latest time may be that of a record before, and that one trimmed.
  while first < state.next and struct.unpack('>I8', entry_at(first)[2][2]) < since do
    first = first + 1
  end
end
if first >= state.next then
  return {}
end

local function fits(last)
  local bytes = bytes_before(records, state, last + 1)
    - bytes_before(records, state, first)
  return bytes - (last + 1 - first) * record_bytes <= limit_bytes
end

local last = math.min(first + limit, state.next) - 1
if not fits(last) then
  local fitting = first
  while last - fitting > 1 do
    local middle = math.floor((fitting + last) / 2)
    if fits(middle) then
      fitting = middle
    else
      last = middle
    end
  end
  last = fitting
end
return {first, last}
"""
)
