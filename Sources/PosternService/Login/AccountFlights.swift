// One question about an account at a time: whoever else wants to know waits for its answer, so that a refresh token that is good for one
// use is used once, however many requests find the state stale.

/// Questions under way on this node.
actor AccountFlights {
  private var flights: [SessionKey: Task<AccountState?, Never>] = [:]

  /// The answer to `ask` for `login`, or to the question that is under way already.
  func answer(for login: SessionKey, _ ask: @escaping @Sendable () async -> AccountState?) async -> AccountState? {
    if let flight = flights[login] { return await flight.value }
    let flight = Task { await ask() }
    flights[login] = flight
    let answer = await flight.value
    flights[login] = nil
    return answer
  }
}
