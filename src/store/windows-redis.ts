import { SallyportError } from '../core/errors.ts';
import type { WindowCount, WindowTake } from './store.ts';
import { windowSegments } from './windows-memory.ts';

/**
 * Takes from each window in turn, by the clock of the server, which all nodes share. A window is a hash: segment → count × 65536 + how far into
 * the segment its newest count came. Arguments per key: how many, limit, window, 1 when it is counted whatever the limit.
 */
export const windowScript = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local out = {}
for i, key in ipairs(KEYS) do
  local by, limit, window, forced =
    tonumber(ARGV[i * 4 - 3]), tonumber(ARGV[i * 4 - 2]), tonumber(ARGV[i * 4 - 1]), ARGV[i * 4]
  local size = math.ceil(window / ${windowSegments})
  local unit = math.ceil(size / 65535)
  local current = math.floor(now / size)
  local used, own, segments = 0, 0, {}
  local all = redis.call('HGETALL', key)
  for f = 1, #all, 2 do
    local index, packed = tonumber(all[f]), tonumber(all[f + 1])
    local count, offset = math.floor(packed / 65536), packed % 65536
    local leaves = index * size + offset * unit + window
    if leaves <= now then
      redis.call('HDEL', key, all[f])
    else
      used = used + count
      if index == current then own = count else segments[#segments + 1] = {leaves, count} end
    end
  end
  local granted = by
  if forced ~= '1' then granted = math.max(0, math.min(by, limit - used)) end
  local ownLeaves = now + window
  if granted > 0 then
    own = own + granted
    used = used + granted
    local offset = math.ceil((now - current * size) / unit)
    redis.call('HSET', key, string.format('%.0f', current), string.format('%.0f', own * 65536 + offset))
    redis.call('PEXPIRE', key, window + size)
  end
  local free = 0
  if used >= limit then
    if own > 0 then segments[#segments + 1] = {ownLeaves, own} end
    table.sort(segments, function(a, b) return a[1] < b[1] end)
    local left = used - limit + 1
    for _, segment in ipairs(segments) do
      left = left - segment[2]
      if left <= 0 then
        free = segment[1] - now
        break
      end
    end
  end
  out[#out + 1] = granted
  out[#out + 1] = used
  out[#out + 1] = free
end
return out`;

/** The arguments of the script, after the keys. */
export function windowArguments(takes: readonly WindowTake[]): number[] {
  return takes.flatMap(take => [take.by, take.limit, take.windowMs, take.isForced === true ? 1 : 0]);
}

/** Reads the answer of the script; throws `store.unavailable` when it is none. */
export function readWindows(answer: unknown, count: number): WindowCount[] {
  if (!Array.isArray(answer) || answer.length !== count * 3 || !answer.every(Number.isFinite)) {
    throw new SallyportError('store.unavailable', `Cannot read the answer of the counters: want ${count * 3} numbers`);
  }
  const numbers: readonly number[] = answer;
  return Array.from({ length: count }, (_, i) => ({
    granted: numbers[i * 3] ?? 0,
    used: numbers[i * 3 + 1] ?? 0,
    freeInMs: numbers[i * 3 + 2] ?? 0,
  }));
}
