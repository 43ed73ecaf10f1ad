/*
 * Decides cases that come over standard input through libpostern.a, and answers on standard output: the C library as one
 * more engine of the agreement tests (Tests/AgreementTests/Engine+CLibrary.swift). Both ends run on one machine, so numbers
 * and structures travel as they lie in memory. Ends with 0 at the end of the input, with 1 at a record cut short, of an
 * unknown kind, or too large.
 *
 * A record begins with u32 kind, u32 flags:
 *
 *   kind 1, open:    u64 byte count, the bundle's bytes. It replaces the one that is open.
 *                    Answer: u64, 0 or the number of the verifier's rule.
 *   kind 2, decide:  i64 now, u64 identity cell count, u64 identity text byte count, u64 request cell count, u64 request
 *                    text byte count, a postern_credential, a postern_request, then the identity's cells, the request's
 *                    cells, the identity's text, the request's text. Flag 1: there is a credential; without it null is
 *                    passed for it and for the identity. Flag 2: the identity of the record before is used again.
 *                    Answer: a postern_decision.
 *   kind 3, refresh: i64 now, a postern_refresh. Answer: a postern_refresh_decision.
 *
 * Answers are written when the next record has not come yet: records may be sent one by one, or many before the first
 * answer is read, as long as somebody reads.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "postern.h"

enum { KIND_OPEN = 1, KIND_DECIDE = 2, KIND_REFRESH = 3, FLAG_CREDENTIAL = 1, FLAG_SAME_IDENTITY = 2 };
enum { OUTPUT_BYTES = 1 << 16 };

/* No case is larger, and no bundle. */
static const uint64_t RECORD_LIMIT = UINT64_C(1) << 30;

typedef struct head { uint32_t kind, flags; } head;
typedef struct question { int64_t now; uint64_t identity_cells, identity_text, request_cells, request_text; } question;

static void stop(const char *reason) {
  fprintf(stderr, "decide: %s\n", reason);
  exit(1);
}

/* ------------------------------------------------------------------ output */

static uint8_t output[OUTPUT_BYTES];
static size_t output_count;

static void flush(void) {
  size_t done = 0;
  while (done < output_count) {
    ssize_t count = write(STDOUT_FILENO, output + done, output_count - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) stop("the answers cannot be written");
    done += (size_t)count;
  }
  output_count = 0;
}

static void answer(const void *bytes, size_t count) {
  if (output_count + count > sizeof output) flush();
  memcpy(output + output_count, bytes, count);
  output_count += count;
}

/* ------------------------------------------------------------------ input */

static uint8_t *input;
static size_t input_capacity, input_start, input_end;

/* Makes `count` bytes stand at `input + input_start`; 0 where the input ends before the first of them. */
static int fill(size_t count) {
  if (input_end - input_start >= count) return 1;
  memmove(input, input + input_start, input_end - input_start);
  input_end -= input_start;
  input_start = 0;
  if (count > input_capacity) {
    input_capacity = count + (1 << 16);
    input = (uint8_t *)realloc(input, input_capacity);
    if (input == NULL) stop("no memory for a record");
  }
  while (input_end < count) {
    flush(); /* whoever waits for an answer must have it before we wait for them */
    ssize_t got = read(STDIN_FILENO, input + input_end, input_capacity - input_end);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) stop("the records cannot be read");
    if (got == 0 && input_end == 0) return 0;
    if (got == 0) stop("a record is cut short");
    input_end += (size_t)got;
  }
  return 1;
}

/* Copies the next `count` bytes to memory of their own, aligned for anything; at least one byte. */
static void *take(uint64_t count, void *old) {
  if (count > RECORD_LIMIT) stop("a record is too large");
  void *bytes = realloc(old, count + 1);
  if (bytes == NULL || !fill((size_t)count)) stop("a record is cut short");
  memcpy(bytes, input + input_start, (size_t)count);
  input_start += (size_t)count;
  return bytes;
}

static void take_into(void *place, size_t count) {
  if (!fill(count)) stop("a record is cut short");
  memcpy(place, input + input_start, count);
  input_start += count;
}

/* ------------------------------------------------------------------ records */

static postern_bundle bundle;
static postern_identity identity;
static postern_scratch scratch;

static void open_bundle(void) {
  static void *bytes;
  uint64_t count;
  postern_close(&bundle);
  take_into(&count, sizeof count);
  bytes = take(count, bytes);
  const uint64_t rule = postern_open((const uint8_t *)bytes, count, &bundle);
  answer(&rule, sizeof rule);
}

static void decide(uint32_t flags) {
  static void *identity_cells, *request_cells, *identity_text, *request_text;
  question asked;
  postern_credential credential;
  postern_request request;
  postern_decision decision;
  take_into(&asked, sizeof asked);
  take_into(&credential, sizeof credential);
  take_into(&request, sizeof request);
  if (asked.identity_cells > RECORD_LIMIT || asked.request_cells > RECORD_LIMIT) stop("a record is too large");
  identity_cells = take(asked.identity_cells * sizeof(postern_cell), identity_cells);
  request_cells = take(asked.request_cells * sizeof(postern_cell), request_cells);
  identity_text = take(asked.identity_text, identity_text);
  request_text = take(asked.request_text, request_text);
  const postern_facts who = {
    (const uint8_t *)identity_text, asked.identity_text, (const postern_cell *)identity_cells, asked.identity_cells};
  const postern_facts what = {
    (const uint8_t *)request_text, asked.request_text, (const postern_cell *)request_cells, asked.request_cells};
  const int has_credential = (flags & FLAG_CREDENTIAL) != 0;
  if (has_credential && !(flags & FLAG_SAME_IDENTITY)) postern_resolve(&bundle, &credential, &who, &identity);
  postern_decide(&bundle, &request, &what, has_credential ? &credential : NULL, has_credential ? &identity : NULL,
                 asked.now, &scratch, &decision);
  answer(&decision, sizeof decision);
}

static void decide_refresh(void) {
  int64_t now;
  postern_refresh refresh;
  postern_refresh_decision decision;
  take_into(&now, sizeof now);
  take_into(&refresh, sizeof refresh);
  postern_decide_refresh(&bundle, &refresh, now, &decision);
  answer(&decision, sizeof decision);
}

int main(void) {
  head next;
  while (fill(sizeof next)) {
    take_into(&next, sizeof next);
    switch (next.kind) {
      case KIND_OPEN: open_bundle(); break;
      case KIND_DECIDE: decide(next.flags); break;
      case KIND_REFRESH: decide_refresh(); break;
      default: stop("a record of an unknown kind");
    }
  }
  flush();
  return 0;
}
