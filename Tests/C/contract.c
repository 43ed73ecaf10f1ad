/*
 * Holds libpostern.a to what postern.h promises to a caller that makes mistakes: null pointers, bundles that are not open,
 * counts beyond any memory, cells that point nowhere. Nothing traps, and everything forbids. With the path of a bundle it
 * goes on to an open one. Ends with `N passed, N failed`.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postern.h"

static int passed, failed;

static void check(int holds, const char *sentence) {
  if (holds) {
    passed += 1;
  } else {
    failed += 1;
    printf("failed: %s\n", sentence);
  }
}

/* The rules of docs/bundle-format.md that a caller's mistake breaks. */
enum { RULE_TOO_SHORT = 1, RULE_NOT_A_BUNDLE = 2 };

static postern_scratch scratch;

/* Decides into memory that was full of ones. */
static postern_decision decide(const postern_bundle *bundle, const postern_request *request, const postern_facts *facts,
                               const postern_credential *credential, const postern_identity *identity) {
  postern_decision decision;
  memset(&decision, 0xFF, sizeof decision);
  postern_decide(bundle, request, facts, credential, identity, 1700000000000, &scratch, &decision);
  return decision;
}

static int forbids(postern_decision decision, postern_reason reason) {
  return decision.verdict == POSTERN_FORBIDDEN && decision.reason == reason && decision.identity_attached == 0 &&
         decision.touch == 0 && decision.rule == POSTERN_NONE && decision.valid_until == 0;
}

static int is_zero(const void *place, size_t count) {
  const uint8_t *bytes = (const uint8_t *)place;
  for (size_t index = 0; index < count; index++)
    if (bytes[index] != 0) return 0;
  return 1;
}

/* ------------------------------------------------------------------ the layout that the header fixes */

static void check_layout(void) {
  check(sizeof(postern_cell) == 16, "a cell has 16 bytes");
  check(sizeof(postern_request) == 15 * 16, "a request is fifteen cells");
  check(sizeof(postern_credential) == 8 + 8 * 16 + 10 * 8, "a credential has no padding");
  check(sizeof(postern_decision) == 56, "a decision has no padding");
  check(sizeof(postern_refresh) == 40, "a refresh has one byte of padding");
  check(sizeof(postern_refresh_decision) == 24, "a refresh's decision has five bytes of padding");
}

/* ------------------------------------------------------------------ opening */

static void check_opening(void) {
  uint8_t bytes[256];
  postern_bundle bundle;
  memset(bytes, 0, sizeof bytes);
  memset(&bundle, 0xFF, sizeof bundle);
  check(postern_open(NULL, 0, &bundle) == RULE_TOO_SHORT, "nothing is no bundle");
  check(is_zero(&bundle, sizeof bundle), "a bundle that does not open is zeroed");
  check(postern_open(NULL, 1000, &bundle) == RULE_TOO_SHORT, "a null pointer is no bundle, whatever its count");
  check(postern_open(bytes, 0, &bundle) == RULE_TOO_SHORT, "no bytes are no bundle");
  check(postern_open(bytes, 63, &bundle) == RULE_TOO_SHORT, "less than a header is no bundle");
  check(postern_open(bytes, 64, &bundle) == RULE_NOT_A_BUNDLE, "zeroes are no bundle");
  check(postern_open(bytes, UINT64_MAX, &bundle) != 0, "a count beyond any memory opens nothing");
  check(postern_open(bytes, UINT64_MAX >> 1, &bundle) != 0, "the greatest signed count opens nothing");
  check(postern_open(bytes + 1, 65, &bundle) == RULE_NOT_A_BUNDLE, "an odd address is read like any other");
  check(postern_open(bytes, sizeof bytes, NULL) != 0, "a null bundle is refused");
  for (size_t index = 0; index < sizeof bytes; index++) bytes[index] = (uint8_t)(index * 151 + 7);
  check(postern_open(bytes, sizeof bytes, &bundle) == RULE_NOT_A_BUNDLE, "noise is no bundle");
  postern_close(NULL);
  check(1, "closing nothing does nothing");
}

/* ------------------------------------------------------------------ what is not open */

/* Decides into memory that was full of ones. */
static int refuses_refresh(const postern_bundle *bundle, const postern_refresh *refresh, postern_refresh_reason reason) {
  postern_refresh_decision decision;
  memset(&decision, 0xFF, sizeof decision);
  postern_decide_refresh(bundle, refresh, 1700000000000, &decision);
  return decision.outcome == POSTERN_REFRESH_INVALID_GRANT && decision.reason == reason &&
         decision.method == POSTERN_METHOD_NONE && decision.valid_until == 0;
}

static void check_closed(const postern_bundle *bundle, const char *sentence) {
  postern_refresh refresh;
  postern_request request;
  postern_credential credential;
  postern_identity identity;
  const postern_facts facts = {NULL, 0, NULL, 0};
  memset(&request, 0, sizeof request);
  memset(&credential, 0, sizeof credential);
  memset(&identity, 0xFF, sizeof identity);
  postern_resolve(bundle, &credential, &facts, &identity);
  const postern_text name = postern_app_name(bundle, 0);
  check(is_zero(&identity, sizeof identity), sentence);
  check(forbids(decide(bundle, &request, &facts, &credential, &identity), POSTERN_REASON_UNDECIDED), sentence);
  check(forbids(decide(bundle, NULL, NULL, NULL, NULL), POSTERN_REASON_UNDECIDED), sentence);
  memset(&refresh, 0, sizeof refresh);
  check(refuses_refresh(bundle, &refresh, POSTERN_REFRESH_REASON_UNDECIDED), sentence);
  check(postern_oauth_client(bundle, (const uint8_t *)"postern-cli", 11) == POSTERN_NONE, sentence);
  check(postern_oauth_scope(bundle, 0, (const uint8_t *)"profile", 7) == 0, sentence);
  check(postern_revision(bundle) == 0, sentence);
  check(name.bytes == NULL && name.count == 0, sentence);
  check(postern_app_audience(bundle, POSTERN_NONE).bytes == NULL, sentence);
  check(postern_app_login_hint(bundle, 0).bytes == NULL, sentence);
}

static void check_unopened(void) {
  postern_bundle bundle;
  check_closed(NULL, "a null bundle forbids");
  memset(&bundle, 0, sizeof bundle);
  check_closed(&bundle, "a zeroed bundle forbids");
  memset(&bundle, 0xFF, sizeof bundle);
  check_closed(&bundle, "a bundle of ones forbids");
  postern_decide(&bundle, NULL, NULL, NULL, NULL, 0, NULL, NULL);
  postern_resolve(&bundle, NULL, NULL, NULL);
  postern_decide_refresh(&bundle, NULL, 0, NULL);
  check(1, "null results are not written");
}

/* ------------------------------------------------------------------ an open bundle */

static postern_cell text_cell(uint64_t offset, uint32_t count) {
  postern_cell cell;
  memset(&cell, 0, sizeof cell);
  cell.tag = POSTERN_TEXT;
  cell.length = count;
  cell.value = offset;
  return cell;
}

/* GET https://nowhere.invalid/ */
static const char request_text[] = "GEThttpsnowhere.invalid/";

static postern_request plain_request(void) {
  postern_request request;
  memset(&request, 0, sizeof request);
  request.method = text_cell(0, 3);
  request.scheme = text_cell(3, 5);
  request.host = text_cell(8, 15);
  request.path = text_cell(23, 1);
  return request;
}

static const postern_facts plain_facts = {(const uint8_t *)request_text, sizeof request_text - 1, NULL, 0};

static void check_facts(const postern_bundle *bundle) {
  const postern_request request = plain_request();
  postern_facts facts = plain_facts;
  check(forbids(decide(bundle, &request, &facts, NULL, NULL), POSTERN_REASON_UNKNOWN_HOST), "a host is unknown");
  check(forbids(decide(bundle, NULL, &facts, NULL, NULL), POSTERN_REASON_UNDECIDED), "a null request forbids");
  check(forbids(decide(bundle, &request, NULL, NULL, NULL), POSTERN_REASON_MALFORMED_REQUEST),
        "without facts a request is malformed");
  facts.text = NULL;
  check(forbids(decide(bundle, &request, &facts, NULL, NULL), POSTERN_REASON_MALFORMED_REQUEST),
        "texts in a null buffer are malformed");
  facts = plain_facts;
  facts.text_count = UINT64_MAX;
  facts.cell_count = UINT64_MAX;
  check(forbids(decide(bundle, &request, &facts, NULL, NULL), POSTERN_REASON_MALFORMED_REQUEST),
        "counts beyond any memory are read as nothing");
  facts = plain_facts;
  facts.text_count -= 1;
  check(forbids(decide(bundle, &request, &facts, NULL, NULL), POSTERN_REASON_MALFORMED_REQUEST),
        "a text that ends after its buffer is malformed");
}

static void check_cells(const postern_bundle *bundle) {
  static const uint64_t offsets[] = {0, 1, 23, 24, 25, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX, UINT64_C(1) << 63};
  static const uint32_t counts[] = {0, 1, 24, 25, INT32_MAX, UINT32_MAX};
  int held = 1;
  for (unsigned tag = 0; tag < 256; tag++)
    for (size_t offset = 0; offset < sizeof offsets / sizeof *offsets; offset++)
      for (size_t count = 0; count < sizeof counts / sizeof *counts; count++)
        for (size_t field = 0; field < sizeof(postern_request) / sizeof(postern_cell); field++) {
          postern_request request = plain_request();
          postern_cell *cells = (postern_cell *)&request;
          cells[field] = text_cell(offsets[offset], counts[count]);
          cells[field].tag = (postern_tag)tag;
          const postern_decision decision = decide(bundle, &request, &plain_facts, NULL, NULL);
          held = held && decision.verdict == POSTERN_FORBIDDEN && decision.reason != POSTERN_REASON_UNDECIDED;
        }
  check(held, "a cell that holds anything at all is answered with a refusal");
}

static void check_credentials(const postern_bundle *bundle) {
  static const char text[] = "group@example.com";
  const postern_request request = plain_request();
  postern_cell cells[4];
  postern_credential credential;
  postern_identity identity;
  for (size_t index = 0; index < 4; index++) cells[index] = text_cell(index * 5, UINT32_MAX >> (8 * index));
  memset(&credential, 0, sizeof credential);
  credential.kind = POSTERN_CREDENTIAL_SESSION;
  check(forbids(decide(bundle, &request, &plain_facts, &credential, NULL), POSTERN_REASON_STALE_RESOLUTION),
        "a credential without an identity is stale");
  memset(&identity, 0xFF, sizeof identity);
  check(forbids(decide(bundle, &request, &plain_facts, &credential, &identity), POSTERN_REASON_STALE_RESOLUTION),
        "an identity of ones is stale");
  const postern_facts facts = {(const uint8_t *)text, sizeof text - 1, cells, 4};
  credential.groups.tag = POSTERN_LIST;
  for (uint64_t start = 0; start < 6; start++)
    for (unsigned shift = 0; shift < 32; shift++) {
      credential.groups.value = start == 5 ? UINT64_MAX : start;
      credential.groups.length = UINT32_MAX >> shift;
      credential.email = text_cell(start * 4, UINT32_MAX >> shift);
      postern_resolve(bundle, &credential, &facts, &identity);
      const postern_decision decision = decide(bundle, &request, &plain_facts, &credential, &identity);
      if (!forbids(decision, POSTERN_REASON_UNKNOWN_HOST)) {
        check(0, "an identity of cells that point nowhere is an identity of nobody");
        return;
      }
    }
  check(1, "an identity of cells that point nowhere is an identity of nobody");
  for (unsigned kind = 3; kind < 256; kind++) {
    credential.kind = (postern_credential_kind)kind;
    if (!forbids(decide(bundle, &request, &plain_facts, &credential, &identity), POSTERN_REASON_MALFORMED_REQUEST))
      check(0, "an unknown kind of credential is malformed");
  }
  check(1, "an unknown kind of credential is malformed");
}

/* Whatever clients the bundle has: these are none of them, or nobody's. */
static void check_refreshes(const postern_bundle *bundle) {
  static const uint8_t id[] = "no-client";
  postern_refresh refresh;
  memset(&refresh, 0, sizeof refresh);
  check(refuses_refresh(bundle, NULL, POSTERN_REFRESH_REASON_UNDECIDED), "a null refresh is undecided");
  refresh.client = POSTERN_NONE;
  check(refuses_refresh(bundle, &refresh, POSTERN_REFRESH_REASON_UNKNOWN_CLIENT), "no client is an unknown one");
  memset(&refresh, 0xFF, sizeof refresh);
  check(refuses_refresh(bundle, &refresh, POSTERN_REFRESH_REASON_UNKNOWN_CLIENT), "a refresh of ones is refused");
  check(postern_oauth_client(bundle, id, sizeof id - 1) == POSTERN_NONE, "an id that no client has finds none");
  check(postern_oauth_client(bundle, NULL, 5) == POSTERN_NONE, "a null id finds none");
  check(postern_oauth_client(bundle, id, 0) == POSTERN_NONE, "an empty id finds none");
  check(postern_oauth_client(bundle, id, UINT64_MAX) == POSTERN_NONE, "a count beyond any memory finds none");
  check(postern_oauth_scope(bundle, POSTERN_NONE, id, 5) == 0, "no client has no scope");
  check(postern_oauth_scope(bundle, 0, NULL, 5) == 0, "a null scope is none");
}

/* The client `postern-cli` of policies/, whose scope `payroll.read` is bound for 16 hours. */
static void check_client(const postern_bundle *bundle) {
  static const int64_t now = 1700000000000, session_length = 57600000;
  postern_refresh refresh;
  postern_refresh_decision decision;
  memset(&refresh, 0, sizeof refresh);
  refresh.client = postern_oauth_client(bundle, (const uint8_t *)"postern-cli", 11);
  refresh.granted_scopes = postern_oauth_scope(bundle, refresh.client, (const uint8_t *)"payroll.read", 12);
  check(refresh.client != POSTERN_NONE, "a client is found by its id");
  check(refresh.granted_scopes == 2, "a scope has the bit of its place");
  check(postern_oauth_scope(bundle, refresh.client, (const uint8_t *)"payroll.reads", 13) == 0, "no scope has no bit");
  refresh.last_used_at = now;
  refresh.authenticated_at = now - session_length + 1;
  postern_decide_refresh(bundle, &refresh, now, &decision);
  check(decision.outcome == POSTERN_REFRESH_ALLOWED && decision.valid_until == now + 1, "a refresh within is allowed");
  postern_decide_refresh(bundle, &refresh, decision.valid_until, &decision);
  check(decision.outcome == POSTERN_REFRESH_REAUTHENTICATE && decision.method == POSTERN_METHOD_LOGIN,
        "at its end it is asked to authenticate");
  refresh.principal_kind = POSTERN_PRINCIPAL_SERVICE_ACCOUNT;
  postern_decide_refresh(bundle, &refresh, now + 1, &decision);
  check(decision.reason == POSTERN_REFRESH_REASON_EXEMPT, "a service account is exempt");
}

static void check_open(const char *path) {
  FILE *file = fopen(path, "rb");
  static uint8_t bytes[1 << 20];
  if (file == NULL) {
    check(0, "the bundle can be read");
    return;
  }
  const size_t count = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  postern_bundle bundle;
  check(postern_open(bytes, count, &bundle) == 0, "the bundle opens");
  const postern_text name = postern_app_name(&bundle, 0);
  check(name.count > 0 && name.bytes > bytes && name.bytes < bytes + count, "an app's name lies in the bundle");
  check(postern_app_name(&bundle, POSTERN_NONE).bytes == NULL, "no app has no name");
  check(postern_app_name(&bundle, UINT32_MAX - 1).bytes == NULL, "an app beyond the last has no name");
  check(postern_app_audience(&bundle, 0).count > 0, "an app has an audience");
  check_facts(&bundle);
  check_cells(&bundle);
  check_credentials(&bundle);
  check_refreshes(&bundle);
  check_client(&bundle);
  check(postern_open(bytes, count - 1, &bundle) != 0, "a bundle cut short does not open");
  check_closed(&bundle, "what did not open forbids");
  check(postern_open(bytes, count, &bundle) == 0, "the bundle opens again");
  postern_close(&bundle);
  check(is_zero(&bundle, sizeof bundle), "a closed bundle is zeroed");
  check_closed(&bundle, "a closed bundle forbids");
}

int main(int argc, char **argv) {
  check_layout();
  check_opening();
  check_unopened();
  if (argc > 1) check_open(argv[1]);
  printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
