/*
 * floor.h: the least work that the measured decision can be, written by hand.
 *
 * A host table, the longest route, the session's clocks, and the person's integers in the app's row and its folder's. No table
 * format, nothing checked, no conditions, no deny rules, no other kind of request: what Postern needs more than this is
 * what its format and its checks cost. A benchmark, and safe for nothing else: lengths and indices are believed.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>

#define FLOOR_NONE UINT32_MAX
#define FLOOR_APP_ROWS 2

typedef struct floor_organization floor_organization;

typedef struct floor_text {
  const char *bytes;
  uint32_t count;
} floor_text;

/* An app's clocks in milliseconds, and the rows whose members may enter: its own and its folder's. */
typedef struct floor_app {
  int64_t absolute;
  int64_t idle;
  int64_t revalidate;
  uint32_t rows[FLOOR_APP_ROWS];
} floor_app;

typedef struct floor_request {
  floor_text host;
  floor_text path;
} floor_request;

/* Who asks: instants in milliseconds since 1970, and the integers of the person and of the person's groups. */
typedef struct floor_session {
  int64_t created_at;
  int64_t last_seen_at;
  int64_t state_checked_at;
  const uint32_t *members;
  uint32_t member_count;
} floor_session;

typedef struct floor_answer {
  uint32_t allows; /* 0 or 1 */
  uint32_t app;
  int64_t valid_until; /* of an allow: the least instant from which a clock is expired */
} floor_answer;

/* Room for so many of each; nothing grows. */
floor_organization *floor_create(uint32_t host_count, uint32_t route_count, uint32_t app_count, uint32_t row_count);
void floor_destroy(floor_organization *organization);

/* Each returns the index of what it added. A path is empty, or begins with a slash and ends without one. */
uint32_t floor_add_row(floor_organization *organization, const uint32_t *members, uint32_t count);
uint32_t floor_add_app(floor_organization *organization, const floor_app *app);
void floor_add_route(floor_organization *organization, floor_text host, floor_text path, uint32_t app);

void floor_decide(const floor_organization *organization, const floor_request *request, const floor_session *session,
                  int64_t now, floor_answer *answer);

#endif
