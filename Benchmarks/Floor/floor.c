/* The floor's tables: three open-addressed hash tables with linear probing, at most half full. */
#include "floor.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_BYTES = 40, CACHE_LINE = 64, ROW_SLOTS_LEAST = CACHE_LINE / sizeof(uint32_t) };

/* A cache line: a name, the app of the route `/`, and one bit for each depth at which there are longer routes. */
typedef struct host_slot {
  char name[HOST_BYTES];
  uint32_t count; /* 0: free */
  uint32_t app;
  uint64_t depths;
  uint64_t reserved;
} host_slot;

typedef struct route_slot {
  floor_text path; /* no bytes: free */
  uint32_t host;
  uint32_t app;
} route_slot;

typedef struct row {
  uint32_t *slots; /* FLOOR_NONE: free */
  uint32_t mask;
} row;

/* A cache line: what a decision reads of an app. */
typedef struct app_line {
  _Alignas(CACHE_LINE) int64_t absolute;
  int64_t idle;
  int64_t revalidate;
  row rows[FLOOR_APP_ROWS];
} app_line;

struct floor_organization {
  host_slot *hosts;
  uint64_t host_mask;
  route_slot *routes;
  uint64_t route_mask;
  app_line *apps;
  uint32_t app_count;
  row *rows;
  uint32_t row_count;
};

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

static uint64_t hash_bytes(const char *bytes, uint32_t count, uint64_t hash) {
  uint64_t word = 0;
  uint32_t offset = 0;
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
    if (slot->path.bytes == NULL) return index;
    if (slot->host == host && slot->path.count == path.count && memcmp(slot->path.bytes, path.bytes, path.count) == 0)
      return index;
  }
}

/* The app of the longest route of a host that `path` lies under. */
static uint32_t find_route(const floor_organization *organization, uint64_t host, floor_text path) {
  uint64_t depths = organization->hosts[host].depths;
  uint32_t app = organization->hosts[host].app;
  uint32_t depth = 0;
  for (uint32_t offset = 1; depths != 0 && offset <= path.count; offset += 1) {
    if (offset < path.count && path.bytes[offset] != '/') continue;
    depth += 1;
    if ((depths >> depth & 1) == 0) continue;
    depths &= ~(UINT64_C(1) << depth);
    uint64_t found = find_path(organization, (uint32_t)host, (floor_text){path.bytes, offset});
    if (organization->routes[found].path.bytes != NULL) app = organization->routes[found].app;
  }
  return app;
}

static bool holds(row row, uint32_t member) {
  for (uint32_t index = hash_member(member) & row.mask;; index = (index + 1) & row.mask) {
    if (row.slots[index] == member) return true;
    if (row.slots[index] == FLOOR_NONE) return false;
  }
}

static bool is_granted(const app_line *app, const floor_session *session) {
  for (uint32_t index = 0; index < FLOOR_APP_ROWS; index += 1)
    for (uint32_t member = 0; member < session->member_count; member += 1)
      if (holds(app->rows[index], session->members[member])) return true;
  return false;
}

static int64_t least(int64_t left, int64_t right) { return left < right ? left : right; }

void floor_decide(const floor_organization *organization, const floor_request *request, const floor_session *session,
                  int64_t now, floor_answer *answer) {
  *answer = (floor_answer){.app = FLOOR_NONE};
  uint64_t host = find_host(organization, request->host);
  if (organization->hosts[host].count == 0) return;
  uint32_t index = find_route(organization, host, request->path);
  if (index == FLOOR_NONE) return;
  answer->app = index;
  const app_line *app = organization->apps + index;
  int64_t until = least(session->created_at + app->absolute, session->last_seen_at + app->idle);
  until = least(until, session->state_checked_at + app->revalidate);
  if (now >= until || !is_granted(app, session)) return;
  answer->allows = 1;
  answer->valid_until = until;
}

/* ------------------------------------------------------------------ building */

/* The least power of two that is at least twice `count`, and at least `least_slots`. */
static uint64_t slot_count(uint64_t count, uint64_t least_slots) {
  uint64_t slots = least_slots;
  while (slots < 2 * count) slots *= 2;
  return slots;
}

static void *zeroed(uint64_t byte_count) {
  uint64_t rounded = (byte_count + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  void *memory = aligned_alloc(CACHE_LINE, rounded == 0 ? CACHE_LINE : rounded);
  if (memory == NULL) abort();
  return memset(memory, 0, rounded);
}

floor_organization *floor_create(uint32_t host_count, uint32_t route_count, uint32_t app_count, uint32_t row_count) {
  floor_organization *organization = zeroed(sizeof *organization);
  organization->host_mask = slot_count(host_count, 2) - 1;
  organization->hosts = zeroed((organization->host_mask + 1) * sizeof *organization->hosts);
  organization->route_mask = slot_count(route_count, 2) - 1;
  organization->routes = zeroed((organization->route_mask + 1) * sizeof *organization->routes);
  organization->apps = zeroed(app_count * sizeof *organization->apps);
  organization->rows = zeroed(row_count * sizeof *organization->rows);
  return organization;
}

void floor_destroy(floor_organization *organization) {
  for (uint64_t index = 0; index <= organization->route_mask; index += 1)
    free((void *)organization->routes[index].path.bytes);
  for (uint32_t index = 0; index < organization->row_count; index += 1) free(organization->rows[index].slots);
  free(organization->hosts);
  free(organization->routes);
  free(organization->apps);
  free(organization->rows);
  free(organization);
}

uint32_t floor_add_row(floor_organization *organization, const uint32_t *members, uint32_t count) {
  uint64_t slots = slot_count(count, ROW_SLOTS_LEAST);
  row added = {zeroed(slots * sizeof *added.slots), (uint32_t)slots - 1};
  memset(added.slots, 0xFF, slots * sizeof *added.slots);
  for (uint32_t member = 0; member < count; member += 1) {
    uint32_t index = hash_member(members[member]) & added.mask;
    while (added.slots[index] != FLOOR_NONE && added.slots[index] != members[member]) index = (index + 1) & added.mask;
    added.slots[index] = members[member];
  }
  organization->rows[organization->row_count] = added;
  return organization->row_count++;
}

uint32_t floor_add_app(floor_organization *organization, const floor_app *app) {
  app_line line = {.absolute = app->absolute, .idle = app->idle, .revalidate = app->revalidate};
  for (uint32_t index = 0; index < FLOOR_APP_ROWS; index += 1) line.rows[index] = organization->rows[app->rows[index]];
  organization->apps[organization->app_count] = line;
  return organization->app_count++;
}

static uint32_t depth_of(floor_text path) {
  uint32_t depth = 0;
  for (uint32_t offset = 0; offset < path.count; offset += 1) depth += path.bytes[offset] == '/';
  return depth;
}

void floor_add_route(floor_organization *organization, floor_text host, floor_text path, uint32_t app) {
  if (host.count > HOST_BYTES) abort();
  uint64_t index = find_host(organization, host);
  host_slot *slot = organization->hosts + index;
  if (slot->count == 0) {
    memcpy(slot->name, host.bytes, host.count);
    slot->count = host.count;
    slot->app = FLOOR_NONE;
  }
  if (path.count == 0) {
    slot->app = app;
    return;
  }
  slot->depths |= UINT64_C(1) << depth_of(path);
  route_slot *route = organization->routes + find_path(organization, (uint32_t)index, path);
  char *copy = zeroed(path.count);
  memcpy(copy, path.bytes, path.count);
  *route = (route_slot){{copy, path.count}, (uint32_t)index, app};
}
