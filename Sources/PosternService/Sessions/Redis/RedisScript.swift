// What a Redis does in one step. A login carries the names of all that would end it, and its turn: how many revocations there had been when
// it came. A revocation ends what was begun before its instant or came before its turn, so that it ends whatever is kept, however the
// clocks of the nodes differ. Refuses nothing.
//
// Keys, behind the prefix: `login:KEY` and `session:KEY` (hashes), `seen:KEY` (app to instant), `sessions:LOGIN` (the sessions of a login),
// `logins:NAME` (the logins that a name would end, by when they were begun; not of tenants and everyone), `ended:NAME` (instant and turn),
// `once:HASH` (expiry and value), `turn`.

internal import Crypto

/// A script in Lua, with what a server knows it by.
struct RedisScript: Sendable {
  let text: String
  let digest: String

  init(_ text: String) {
    self.text = Self.common + text
    digest = Insecure.SHA1.hash(data: Array(self.text.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// Each script is given the prefix and the retention first.
  private static let common = """
    local prefix, retention = ARGV[1], ARGV[2]

    local function drop_session(key)
      local login = redis.call('HGET', prefix .. 'session:' .. key, 'login')
      if login then redis.call('SREM', prefix .. 'sessions:' .. login, key) end
      redis.call('DEL', prefix .. 'session:' .. key, prefix .. 'seen:' .. key)
    end

    local function drop_login(key)
      local names = redis.call('HGET', prefix .. 'login:' .. key, 'names')
      for name in string.gmatch(names or '', '%S+') do redis.call('ZREM', prefix .. 'logins:' .. name, key) end
      for _, session in ipairs(redis.call('SMEMBERS', prefix .. 'sessions:' .. key)) do
        redis.call('DEL', prefix .. 'session:' .. session, prefix .. 'seen:' .. session)
      end
      redis.call('DEL', prefix .. 'sessions:' .. key, prefix .. 'login:' .. key)
    end

    local function ending(name)
      local text = redis.call('GET', prefix .. 'ended:' .. name)
      if not text then return nil end
      local at, turn = string.match(text, '^(%S+) (%S+)$')
      return at, turn
    end

    local function is_ended(name, begun_at, turn)
      local ended_at, ended_turn = ending(name)
      if not ended_at then return false end
      return tonumber(begun_at) < tonumber(ended_at) or tonumber(turn) < tonumber(ended_turn)
    end

    local function current_turn() return redis.call('GET', prefix .. 'turn') or '0' end

    -- A login that nothing has ended: its text and its account.
    local function live_login(key)
      local found = redis.call('HMGET', prefix .. 'login:' .. key, 'login', 'account', 'names', 'begunAt', 'turn')
      if not found[1] then return nil end
      for name in string.gmatch(found[3], '%S+') do
        if is_ended(name, found[4], found[5]) then
          drop_login(key)
          return nil
        end
      end
      return found[1], found[2]
    end

    """

  // MARK: logins

  /// Arguments: key, login, account, begunAt, names, the names among them that list their logins.
  static let insertLogin = RedisScript(
    """
    local key, begun_at = ARGV[3], ARGV[6]
    redis.call('HSET', prefix .. 'login:' .. key, 'login', ARGV[4], 'account', ARGV[5], 'checkedAt', begun_at,
      'begunAt', begun_at, 'names', ARGV[7], 'turn', current_turn())
    redis.call('PEXPIRE', prefix .. 'login:' .. key, retention)
    for name in string.gmatch(ARGV[8], '%S+') do
      local logins = prefix .. 'logins:' .. name
      redis.call('ZREMRANGEBYSCORE', logins, '-inf', tonumber(begun_at) - tonumber(retention))
      redis.call('ZADD', logins, begun_at, key)
      redis.call('PEXPIRE', logins, retention)
    end
    """)

  /// Arguments: key.
  static let readLogin = RedisScript(
    """
    local login, account = live_login(ARGV[3])
    if not login then return nil end
    return {login, account}
    """)

  /// Arguments: key, account, checkedAt.
  static let note = RedisScript(
    """
    local login = prefix .. 'login:' .. ARGV[3]
    local known = redis.call('HGET', login, 'checkedAt')
    if known and tonumber(known) <= tonumber(ARGV[5]) then
      redis.call('HSET', login, 'account', ARGV[4], 'checkedAt', ARGV[5])
    end
    """)

  // MARK: sessions

  /// Arguments: key, session, its login, startedAt.
  static let insertSession = RedisScript(
    """
    local key, login = ARGV[3], ARGV[5]
    if redis.call('EXISTS', prefix .. 'login:' .. login) == 0 then return end
    local session, sessions = prefix .. 'session:' .. key, prefix .. 'sessions:' .. login
    redis.call('HSET', session, 'session', ARGV[4], 'login', login, 'startedAt', ARGV[6], 'turn', current_turn())
    redis.call('PEXPIRE', session, retention)
    redis.call('SADD', sessions, key)
    redis.call('PEXPIRE', sessions, retention)
    """)

  /// Arguments: key.
  static let readSession = RedisScript(
    """
    local key = ARGV[3]
    local found = redis.call('HMGET', prefix .. 'session:' .. key, 'session', 'login', 'startedAt', 'turn')
    if not found[1] then return nil end
    local login, account = live_login(found[2])
    if not login or is_ended('session:' .. key, found[3], found[4]) then
      drop_session(key)
      return nil
    end
    return {found[1], login, account, redis.call('HGETALL', prefix .. 'seen:' .. key)}
    """)

  /// Arguments: session, app and instant, again and again.
  static let touch = RedisScript(
    """
    for i = 3, #ARGV, 3 do
      local left = redis.call('PTTL', prefix .. 'session:' .. ARGV[i])
      if left > 0 then
        local seen = prefix .. 'seen:' .. ARGV[i]
        local last = redis.call('HGET', seen, ARGV[i + 1])
        if not last or tonumber(last) < tonumber(ARGV[i + 2]) then redis.call('HSET', seen, ARGV[i + 1], ARGV[i + 2]) end
        redis.call('PEXPIRE', seen, left)
      end
    end
    """)

  // MARK: revocations

  /// Arguments: name, at, what is dropped at once (`session`, `login`, `listed` or nothing), its key, channel, message.
  static let revoke = RedisScript(
    """
    local name, at, kind, key = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
    local known = ending(name)
    if known and tonumber(known) > tonumber(at) then at = known end
    redis.call('SET', prefix .. 'ended:' .. name, at .. ' ' .. redis.call('INCR', prefix .. 'turn'), 'PX', retention)
    if kind == 'session' then drop_session(key) end
    if kind == 'login' then drop_login(key) end
    if kind == 'listed' then
      for _, login in ipairs(redis.call('ZRANGE', prefix .. 'logins:' .. name, 0, -1)) do drop_login(login) end
    end
    redis.call('PUBLISH', ARGV[7], at .. ' ' .. ARGV[8])
    """)

  /// Writes revocations again that were lost, and tells them again; what came after them stays. What is known has been told: whoever missed
  /// that believes nothing that it knew.
  /// Arguments: channel; name, at and message, again and again.
  static let renew = RedisScript(
    """
    for i = 4, #ARGV, 3 do
      local name, at = ARGV[i], ARGV[i + 1]
      local known, turn = ending(name)
      if not known or tonumber(known) < tonumber(at) then
        redis.call('SET', prefix .. 'ended:' .. name, at .. ' ' .. (turn or '0'), 'PX', retention)
        redis.call('PUBLISH', ARGV[3], at .. ' ' .. ARGV[i + 2])
      end
    end
    """)

  /// Drops what has been ended of some logins. Arguments: keys.
  static let sweep = RedisScript("for i = 3, #ARGV do live_login(ARGV[i]) end")

  // MARK: pages

  /// Arguments: keys of logins. For each that is good: key, login, account, and its sessions, each with its activity.
  static let listLogins = RedisScript(
    """
    local found = {}
    for i = 3, #ARGV do
      local login, account = live_login(ARGV[i])
      if login then
        local sessions = {}
        for _, key in ipairs(redis.call('SMEMBERS', prefix .. 'sessions:' .. ARGV[i])) do
          local known = redis.call('HMGET', prefix .. 'session:' .. key, 'session', 'startedAt', 'turn')
          if known[1] and not is_ended('session:' .. key, known[2], known[3]) then
            sessions[#sessions + 1] = {key, known[1], redis.call('HGETALL', prefix .. 'seen:' .. key)}
          end
        end
        found[#found + 1] = {ARGV[i], login, account, sessions}
      end
    end
    return found
    """)

  // MARK: values that are taken once

  /// Kept a day longer than it is good for: whether it still is, is a question to the clock of whoever takes it.
  /// Arguments: hash, value, expiresAt.
  static let put = RedisScript(
    """
    local now = redis.call('TIME')[1] * 1000
    local left = math.max(tonumber(ARGV[5]) - now, 0) + 86400000
    redis.call('SET', prefix .. 'once:' .. ARGV[3], ARGV[5] .. ' ' .. ARGV[4], 'PX', string.format('%d', left))
    """)

  /// Arguments: hash, expiresAt, now. Answers 1 where nobody has the name.
  static let claim = RedisScript(
    """
    local key = prefix .. 'once:' .. ARGV[3]
    local known = redis.call('GET', key)
    if known and tonumber(string.match(known, '^%S+')) > tonumber(ARGV[5]) then return 0 end
    local left = math.max(tonumber(ARGV[4]) - tonumber(ARGV[5]), 0) + 86400000
    redis.call('SET', key, ARGV[4] .. ' ', 'PX', string.format('%d', left))
    return 1
    """)

  /// Arguments: hash, what is expected (`.`: nothing), value, expiresAt, now. Answers 1 where that was there.
  static let replace = RedisScript(
    """
    local key = prefix .. 'once:' .. ARGV[3]
    local known = redis.call('GET', key)
    local found = '.'
    if known then
      local ends, text = string.match(known, '^(%S+) (.*)$')
      if tonumber(ends) > tonumber(ARGV[7]) then found = text end
    end
    if found ~= ARGV[4] then return 0 end
    local left = math.max(tonumber(ARGV[6]) - tonumber(ARGV[7]), 0) + 86400000
    redis.call('SET', key, ARGV[6] .. ' ' .. ARGV[5], 'PX', string.format('%d', left))
    return 1
    """)
}
