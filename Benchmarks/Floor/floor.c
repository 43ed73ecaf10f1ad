/*
 * The floor: what it decides, and the tables it looks in.
 *
 * Definition. For a request of the measured shape - a GET of a host and a path, with a session of a person - the floor comes to the
 * decision that docs/decision.md comes to, for every value of the facts that rows 1 to 10 look at on this road. So it looks at,
 * and branches on:
 *
 *   row 1   the path's bytes, once: what is malformed, or not in normal form; whether the identity was resolved against this table
 *   row 2   the host
 *   row 3   the method; that there is no query; that the path's first segment is not `_gcp_iap`
 *   row 4   the longest route
 *   row 7   that the credential is a session, of one of the app's providers, without a tenant; that there is no Upgrade
 *   row 8   that none of the seven instants is ahead of now by more than the skew, that the three which limits need are there,
 *           the account's state, the age of the state, the absolute and the idle limit
 *   row 9   that the app has no restriction of domains
 *   row 10  that the app has no deny rules; the person's integers in the app's row, then in its folder's
 *   answer  verdict, reason, app, rule, validUntil with its clock, checkStateAt, touch (no Sec-Purpose), in postern_decision
 *
 * What it need not do, and Postern must: check bounds, tags, lengths, or a table; conditions; other kinds of credential; any other
 * road. There it says `forbidden`, sometimes without a reason: not mine.
 */
#include "floor.h"

#include <emmintrin.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

enum { HOST_BYTES = 40, CACHE_LINE = 64, ROW_SLOTS_LEAST = CACHE_LINE / 8, BLOCK = 16 };

/* A cache line: a name, the app of the route `/`, and one bit for each depth at which there are longer routes. */
typedef struct host_slot {
  char name[HOST_BYTES];
  uint32_t count; /* 0: free */
  uint32_t app;
  uint64_t depths;
  uint64_t reserved;
} host_slot;

typedef struct route_slot {
  const char *path; /* NULL: free */
  uint32_t count;
  uint32_t host;
  uint32_t app;
  uint32_t reserved;
} route_slot;

typedef struct row {
  floor_entry *slots; /* FLOOR_NONE as member: free */
  uint64_t mask;
} row;

/* A cache line: what a decision reads of an app. */
typedef struct app_line {
  _Alignas(CACHE_LINE) int64_t absolute;
  int64_t idle;
  int64_t revalidate;
  uint32_t providers;
  uint32_t flags;
  row rows[FLOOR_APP_ROWS];
} app_line;

struct floor_organization {
  host_slot *hosts;
  uint64_t host_mask;
  route_slot *routes;
  uint64_t route_mask;
  app_line *apps;
  uint64_t mark;
  uint64_t revision;
  int64_t skew;
  row *rows;
  uint32_t app_count;
  uint32_t row_count;
  /* All memory, in one piece that what is added is taken from; longer than it is taken. */
  struct piece *pieces;
  uint64_t byte_count;
};

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

static uint64_t hash_bytes(const char *bytes, uint64_t count, uint64_t hash) {
  uint64_t word = 0;
  uint64_t offset = 0;
  for (; offset + sizeof word <= count; offset += sizeof word) {
    memcpy(&word, bytes + offset, sizeof word);
    hash = mix(hash, word);
  }
  if (offset == count) return hash;
  word = 0;
  memcpy(&word, bytes + offset, count - offset);
  return mix(hash, word);
}

static uint32_t hash_member(uint32_t member) {
  uint32_t hash = member * 0x9E3779B1u;
  return hash ^ hash >> 16;
}

/* The slot of a host, or the free one where it would stand. */
static uint64_t find_host(const floor_organization *organization, floor_text host) {
  uint64_t index = hash_bytes(host.bytes, host.count, 0) & organization->host_mask;
  for (;; index = (index + 1) & organization->host_mask) {
    const host_slot *slot = organization->hosts + index;
    if (slot->count == 0) return index;
    if (slot->count == host.count && memcmp(slot->name, host.bytes, host.count) == 0) return index;
  }
}

/* The slot of a path of a host, or the free one where it would stand. */
static uint64_t find_path(const floor_organization *organization, uint32_t host, floor_text path) {
  uint64_t index = hash_bytes(path.bytes, path.count, host) & organization->route_mask;
  for (;; index = (index + 1) & organization->route_mask) {
    const route_slot *slot = organization->routes + index;
    if (slot->path == NULL) return index;
    if (slot->host == host && slot->count == path.count && memcmp(slot->path, path.bytes, path.count) == 0)
      return index;
  }
}

/* The app of the longest route of a host that `path` lies under. */
static uint32_t find_route(const floor_organization *organization, uint64_t host, floor_text path) {
  uint64_t depths = organization->hosts[host].depths;
  uint32_t app = organization->hosts[host].app;
  uint32_t depth = 0;
  for (uint64_t offset = 1; depths != 0 && offset <= path.count; offset += 1) {
    if (offset < path.count && path.bytes[offset] != '/') continue;
    depth += 1;
    if ((depths >> depth & 1) == 0) continue;
    depths &= ~(UINT64_C(1) << depth);
    uint64_t found = find_path(organization, (uint32_t)host, (floor_text){path.bytes, offset});
    if (organization->routes[found].path != NULL) app = organization->routes[found].app;
  }
  return app;
}

/* Bytes that make a path malformed, give it another form, or follow a slash in one that is not normal; and its slashes. */
static bool is_plain_block(__m128i block, uint32_t *ends_in_slash) {
  /* Signed: below 0x21 are the controls, the space and everything that is not ASCII. */
  __m128i bad = _mm_cmplt_epi8(block, _mm_set1_epi8(0x21));
  bad = _mm_or_si128(bad, _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7F)));
  bad = _mm_or_si128(bad, _mm_cmpeq_epi8(block, _mm_set1_epi8('%')));
  bad = _mm_or_si128(bad, _mm_cmpeq_epi8(block, _mm_set1_epi8(';')));
  bad = _mm_or_si128(bad, _mm_cmpeq_epi8(block, _mm_set1_epi8('?')));
  bad = _mm_or_si128(bad, _mm_cmpeq_epi8(block, _mm_set1_epi8('#')));
  bad = _mm_or_si128(bad, _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
  __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('/'));
  uint32_t slashes = (uint32_t)_mm_movemask_epi8(slash);
  uint32_t stops = (uint32_t)_mm_movemask_epi8(_mm_or_si128(slash, _mm_cmpeq_epi8(block, _mm_set1_epi8('.'))));
  uint32_t follows = slashes << 1 | *ends_in_slash;
  *ends_in_slash = slashes >> (BLOCK - 1);
  return ((uint32_t)_mm_movemask_epi8(bad) | (follows & stops)) == 0;
}

/* Whether a path begins with a slash, is well formed, and is its own decoded and normal form; some that are say no (`/.well-known`). */
static bool is_plain(floor_text path) {
  if (path.count == 0 || path.bytes[0] != '/') return false;
  uint32_t ends_in_slash = 0;
  if (path.count < BLOCK) {
    char padded[BLOCK];
    memset(padded, 'a', sizeof padded);
    for (uint64_t index = 0; index < path.count; index += 1) padded[index] = path.bytes[index];
    return is_plain_block(_mm_loadu_si128((const __m128i *)padded), &ends_in_slash);
  }
  uint64_t offset = 0;
  for (; offset + BLOCK <= path.count; offset += BLOCK)
    if (!is_plain_block(_mm_loadu_si128((const __m128i *)(path.bytes + offset)), &ends_in_slash)) return false;
  if (offset == path.count) return true;
  /* The last block once more, with what is left: the byte before its first was looked at with it. */
  ends_in_slash = 0;
  return is_plain_block(_mm_loadu_si128((const __m128i *)(path.bytes + path.count - BLOCK)), &ends_in_slash);
}

/* Whether the first segment is `_gcp_iap`, the gate's own pages. */
static bool is_reserved(floor_text path) {
  static const char page[] = "/_gcp_iap";
  uint64_t count = sizeof page - 1;
  return path.count >= count && memcmp(path.bytes, page, count) == 0 && (path.count == count || path.bytes[count] == '/');
}

static int64_t greater(int64_t left, int64_t right) { return left > right ? left : right; }

/* Row 8: the reason of what fails, or 0 with the clocks' end in the decision. */
static postern_reason admit(const floor_organization *organization, const app_line *app, const floor_session *session,
                            int64_t now, postern_decision *decision) {
  int64_t latest = greater(greater(session->created_at, session->last_seen_at), session->state_checked_at);
  latest = greater(greater(latest, session->issued_at), session->login_at);
  latest = greater(greater(latest, session->second_factor_at), session->security_key_at);
  if (latest > now && (uint64_t)latest - (uint64_t)now > (uint64_t)organization->skew) return POSTERN_REASON_CLOCK_SKEW;
  if (session->state_checked_at == 0 || session->created_at == 0 || session->last_seen_at == 0)
    return POSTERN_REASON_FACT_MISSING;
  if (session->account_state != POSTERN_ACCOUNT_ACTIVE) return POSTERN_REASON_STATE_STALE; /* or what the state is */
  int64_t stale_at = session->state_checked_at + app->revalidate;
  if (now >= stale_at) return POSTERN_REASON_STATE_STALE;
  int64_t absolute_at = session->created_at + app->absolute;
  if (now >= absolute_at) return POSTERN_REASON_ABSOLUTE_TIMEOUT;
  int64_t idle_at = session->last_seen_at + app->idle;
  if (now >= idle_at) return POSTERN_REASON_IDLE_TIMEOUT;
  decision->check_state_at = stale_at;
  decision->valid_until = stale_at;
  decision->clock = POSTERN_CLOCK_REVALIDATE;
  if (absolute_at < decision->valid_until) decision->valid_until = absolute_at, decision->clock = POSTERN_CLOCK_ABSOLUTE;
  if (idle_at < decision->valid_until) decision->valid_until = idle_at, decision->clock = POSTERN_CLOCK_IDLE;
  return 0;
}

/* The binding of a member in a row, or FLOOR_NONE, which is greater than any. */
static uint32_t binding_of(row row, uint32_t member) {
  for (uint64_t index = hash_member(member) & row.mask;; index = (index + 1) & row.mask) {
    if (row.slots[index].member == member) return row.slots[index].binding;
    if (row.slots[index].member == FLOOR_NONE) return FLOOR_NONE;
  }
}

/* Row 10: the first binding of the app's own row, else of its folder's, that holds the person. */
static uint32_t find_binding(const app_line *app, const floor_session *session) {
  for (uint32_t index = 0; index < FLOOR_APP_ROWS; index += 1) {
    uint32_t least = FLOOR_NONE;
    for (uint64_t member = 0; member < session->member_count; member += 1) {
      uint32_t binding = binding_of(app->rows[index], session->members[member]);
      if (binding < least) least = binding;
    }
    if (least != FLOOR_NONE) return least;
  }
  return FLOOR_NONE;
}

/* Rows 1 to 4 but for the identity: whether the request is the floor's to decide. */
static bool is_mine(const floor_request *request) {
  return request->method.count == 3 && memcmp(request->method.bytes, "GET", 3) == 0 && request->query.bytes == NULL &&
         request->upgrade.bytes == NULL && request->sec_purpose.bytes == NULL && is_plain(request->path) &&
         !is_reserved(request->path);
}

/* Row 7: whether the credential is the floor's to decide, and one of the app's. */
static bool is_vouched(const app_line *app, const floor_session *session) {
  return session->kind == POSTERN_CREDENTIAL_SESSION && session->principal_kind != POSTERN_PRINCIPAL_SERVICE_ACCOUNT &&
         (app->providers >> session->provider & 1) != 0 && session->tenant.bytes == NULL;
}

void floor_decide(const floor_organization *organization, const floor_request *request, const floor_session *session,
                  int64_t now, postern_decision *decision) {
  *decision = (postern_decision){.app = POSTERN_NONE, .rule = POSTERN_NONE, .revision = organization->revision};
  if (!is_mine(request)) return;
  if (session->mark != organization->mark) {
    decision->reason = POSTERN_REASON_STALE_RESOLUTION;
    return;
  }
  uint64_t host = find_host(organization, request->host);
  if (organization->hosts[host].count == 0) {
    decision->reason = POSTERN_REASON_UNKNOWN_HOST;
    return;
  }
  uint32_t index = find_route(organization, host, request->path);
  if (index == FLOOR_NONE) return;
  const app_line *app = organization->apps + index;
  decision->app = index;
  if (!is_vouched(app, session) || app->flags != 0) return;
  decision->reason = admit(organization, app, session, now, decision);
  if (decision->reason != 0) return;
  uint32_t binding = find_binding(app, session);
  if (binding == FLOOR_NONE) {
    decision->reason = POSTERN_REASON_NO_BINDING;
    decision->valid_until = decision->check_state_at = 0;
    decision->clock = POSTERN_CLOCK_NONE;
    return;
  }
  decision->verdict = POSTERN_ALLOW;
  decision->reason = POSTERN_REASON_GRANTED;
  decision->identity_attached = 1;
  decision->touch = 1;
  decision->rule_kind = POSTERN_RULE_BINDING;
  decision->rule = binding;
}

/* ------------------------------------------------------------------ building */

/* Memory that tables are taken from, one after the other: few pieces, in huge pages, as a bundle is one. */
typedef struct piece {
  struct piece *next;
  uint64_t byte_count;
  uint64_t taken;
} piece;

enum { PIECE_BYTES = 64 << 20 };

static void *take(floor_organization *organization, uint64_t byte_count) {
  uint64_t rounded = (byte_count + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  piece *piece = organization->pieces;
  if (piece == NULL || piece->byte_count - piece->taken < rounded) {
    uint64_t size = rounded + CACHE_LINE > PIECE_BYTES ? rounded + CACHE_LINE : PIECE_BYTES;
    struct piece *added = machine_map(size);
    *added = (struct piece){.next = piece, .byte_count = size, .taken = CACHE_LINE};
    organization->pieces = piece = added;
  }
  char *memory = (char *)piece + piece->taken;
  piece->taken += rounded;
  organization->byte_count += rounded;
  return memory;
}

/* The least power of two that is at least twice `count`, and at least `least_slots`. */
static uint64_t slot_count(uint64_t count, uint64_t least_slots) {
  uint64_t slots = least_slots;
  while (slots < 2 * count) slots *= 2;
  return slots;
}

floor_organization *floor_create(uint32_t host_count, uint32_t route_count, uint32_t app_count, uint32_t row_count,
                                 uint64_t mark, uint64_t revision, int64_t skew) {
  floor_organization *organization = calloc(1, sizeof *organization);
  if (organization == NULL) abort();
  organization->mark = mark;
  organization->revision = revision;
  organization->skew = skew;
  organization->host_mask = slot_count(host_count, 2) - 1;
  organization->hosts = take(organization, (organization->host_mask + 1) * sizeof *organization->hosts);
  organization->route_mask = slot_count(route_count, 2) - 1;
  organization->routes = take(organization, (organization->route_mask + 1) * sizeof *organization->routes);
  organization->apps = take(organization, app_count * sizeof *organization->apps);
  organization->rows = calloc(row_count, sizeof *organization->rows);
  if (organization->rows == NULL) abort();
  return organization;
}

void floor_destroy(floor_organization *organization) {
  for (piece *piece = organization->pieces; piece != NULL;) {
    struct piece *next = piece->next;
    machine_unmap(piece, piece->byte_count);
    piece = next;
  }
  free(organization->rows);
  free(organization);
}

uint64_t floor_byte_count(const floor_organization *organization) { return organization->byte_count; }

uint32_t floor_add_row(floor_organization *organization, const floor_entry *entries, uint32_t count) {
  uint64_t slots = slot_count(count, ROW_SLOTS_LEAST);
  row added = {take(organization, slots * sizeof *added.slots), slots - 1};
  memset(added.slots, 0xFF, slots * sizeof *added.slots);
  for (uint32_t entry = 0; entry < count; entry += 1) {
    uint64_t index = hash_member(entries[entry].member) & added.mask;
    while (added.slots[index].member != FLOOR_NONE && added.slots[index].member != entries[entry].member)
      index = (index + 1) & added.mask;
    if (added.slots[index].member == FLOOR_NONE) added.slots[index] = entries[entry];
  }
  organization->rows[organization->row_count] = added;
  return organization->row_count++;
}

uint32_t floor_add_app(floor_organization *organization, const floor_app *app) {
  app_line line = {.absolute = app->absolute,
                   .idle = app->idle,
                   .revalidate = app->revalidate,
                   .providers = app->providers,
                   .flags = app->flags};
  for (uint32_t index = 0; index < FLOOR_APP_ROWS; index += 1) line.rows[index] = organization->rows[app->rows[index]];
  organization->apps[organization->app_count] = line;
  return organization->app_count++;
}

static uint32_t depth_of(floor_text path) {
  uint32_t depth = 0;
  for (uint64_t offset = 0; offset < path.count; offset += 1) depth += path.bytes[offset] == '/';
  return depth;
}

void floor_add_route(floor_organization *organization, floor_text host, floor_text path, uint32_t app) {
  if (host.count > HOST_BYTES) abort();
  uint64_t index = find_host(organization, host);
  host_slot *slot = organization->hosts + index;
  if (slot->count == 0) {
    memcpy(slot->name, host.bytes, host.count);
    slot->count = (uint32_t)host.count;
    slot->app = FLOOR_NONE;
  }
  if (path.count == 0) {
    slot->app = app;
    return;
  }
  slot->depths |= UINT64_C(1) << depth_of(path);
  route_slot *route = organization->routes + find_path(organization, (uint32_t)index, path);
  char *copy = take(organization, path.count);
  memcpy(copy, path.bytes, path.count);
  *route = (route_slot){copy, (uint32_t)path.count, (uint32_t)index, app, 0};
}
