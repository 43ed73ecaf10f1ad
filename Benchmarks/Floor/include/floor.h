/*
 * floor.h: the least work that the measured decision can be, written by hand.
 *
 * For requests of the measured shape it comes to Postern's decision, whatever the facts are that docs/decision.md looks at on
 * that road (docs/benchmarks.md, "The floor"); all else it leaves as `forbidden`, which is not mine to decide. No table format,
 * nothing checked: lengths and indices are believed. A benchmark, and safe for nothing else.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>

#include "postern.h"

#define FLOOR_NONE UINT32_MAX
#define FLOOR_APP_ROWS 2

typedef struct floor_organization floor_organization;

/* No bytes: absent. */
typedef struct floor_text {
  const char *bytes;
  uint64_t count;
} floor_text;

enum { FLOOR_DOMAINS_RESTRICTED = 1, FLOOR_DENY_RULES = 2 };

/* An app's limits in milliseconds, one bit for each of its providers, and its rows: its own and its folder's. */
typedef struct floor_app {
  int64_t absolute;
  int64_t idle;
  int64_t revalidate;
  uint32_t providers;
  uint32_t flags;
  uint32_t rows[FLOOR_APP_ROWS];
} floor_app;

typedef struct floor_request {
  floor_text method;
  floor_text host;
  floor_text path;
  floor_text query;
  floor_text upgrade;
  floor_text sec_purpose;
} floor_request;

/* Who asks: the credential, and what was resolved of it once: the provider's index, and the integers of person and groups. */
typedef struct floor_session {
  uint64_t mark;
  postern_credential_kind kind;
  postern_principal_kind principal_kind;
  postern_account_state account_state;
  uint32_t provider; /* 31: none of the policy's */
  floor_text tenant;
  int64_t created_at;
  int64_t last_seen_at;
  int64_t state_checked_at;
  int64_t issued_at;
  int64_t login_at;
  int64_t second_factor_at;
  int64_t security_key_at;
  const uint32_t *members;
  uint64_t member_count;
} floor_session;

/* Room for so many of each; nothing grows. Sessions carry `mark`, and decisions `revision`. */
floor_organization *floor_create(uint32_t host_count, uint32_t route_count, uint32_t app_count, uint32_t row_count,
                                 uint64_t mark, uint64_t revision, int64_t skew);
void floor_destroy(floor_organization *organization);

/* A member of a row, and the least of the bindings that hold it. */
typedef struct floor_entry {
  uint32_t member;
  uint32_t binding;
} floor_entry;

/* Each returns the index of what it added; of several entries of a member the first counts. A path is empty, or begins with a slash and ends without one. */
uint32_t floor_add_row(floor_organization *organization, const floor_entry *entries, uint32_t count);
uint32_t floor_add_app(floor_organization *organization, const floor_app *app);
void floor_add_route(floor_organization *organization, floor_text host, floor_text path, uint32_t app);

/* The bytes of all tables. */
uint64_t floor_byte_count(const floor_organization *organization);

/* Writes the whole decision: an allow with all that it carries, or `forbidden` with the reason where one was found. */
void floor_decide(const floor_organization *organization, const floor_request *request, const floor_session *session,
                  int64_t now, postern_decision *decision);

#endif
