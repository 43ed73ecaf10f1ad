/*
 * postern.h: the contract of the Postern enforcement kernel.
 *
 * Open a compiled bundle, resolve an identity once per session, decide each request. No function here allocates,
 * blocks, keeps state of its own, reads a clock or traps on any input. All numbers in this file are stable: a number
 * is never given a second meaning.
 *
 * The kernel checks that a bundle cannot misbehave; it does not check who made it. Verify the signature first
 * (`postern verify`, or the loader of posternd), and keep the bytes unchanged in private memory while the bundle is open.
 *
 * The meaning of every verdict, reason and fact is in docs/decision.md.
 */
#ifndef POSTERN_H
#define POSTERN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ verdicts, reasons, modes, obligations */

typedef uint8_t postern_verdict;
enum {
  POSTERN_FORBIDDEN = 0,    /* 403, or 400 where the reason is POSTERN_REASON_MALFORMED_REQUEST */
  POSTERN_ALLOW = 1,        /* 200: forward, with the obligations */
  POSTERN_REDIRECT = 2,     /* 302: a person in a browser can mend this */
  POSTERN_UNAUTHORIZED = 3, /* 401: a script, a programmatic client or a handshake must mend this itself */
  POSTERN_HANDLE = 4,       /* a mode of the gate; a proxy that does not know it forbids */
};

typedef uint16_t postern_reason;
enum {
  POSTERN_REASON_UNDECIDED = 0, /* zeroed memory: forbidden, and never the kernel's answer */
  /* forbidden */
  POSTERN_REASON_MALFORMED_REQUEST = 1,
  POSTERN_REASON_STALE_RESOLUTION = 2,
  POSTERN_REASON_IDENTITY_TOO_LARGE = 3,
  POSTERN_REASON_UNKNOWN_HOST = 4,
  POSTERN_REASON_AMBIGUOUS_PATH = 5,
  POSTERN_REASON_NO_ROUTE = 6,
  POSTERN_REASON_DOMAIN_NOT_ALLOWED = 7,
  POSTERN_REASON_DENIED = 8,
  POSTERN_REASON_GROUPS_UNKNOWN = 9,
  POSTERN_REASON_CONDITION_FALSE = 10,
  POSTERN_REASON_CONDITION_ERROR = 11,
  POSTERN_REASON_NO_BINDING = 12,
  /* allow */
  POSTERN_REASON_GRANTED = 20,
  POSTERN_REASON_PUBLIC_ACCESS = 21,
  POSTERN_REASON_CORS_OPTIONS = 22,
  /* handle */
  POSTERN_REASON_MODE_REQUESTED = 30,
  /* challenge: redirect or unauthorized */
  POSTERN_REASON_NO_CREDENTIAL = 40,
  POSTERN_REASON_PROGRAMMATIC_ACCESS_DISABLED = 41,
  POSTERN_REASON_AUDIENCE_MISMATCH = 42,
  POSTERN_REASON_AUTHORIZED_PARTY_MISMATCH = 43,
  POSTERN_REASON_PROVIDER_MISMATCH = 44,
  POSTERN_REASON_TENANT_MISMATCH = 45,
  POSTERN_REASON_CLOCK_SKEW = 50,
  POSTERN_REASON_FACT_MISSING = 51,
  POSTERN_REASON_SIGNED_OUT = 52,
  POSTERN_REASON_SUSPENDED = 53,
  POSTERN_REASON_PASSWORD_RESET_REQUIRED = 54,
  POSTERN_REASON_CREDENTIAL_CHANGED = 55,
  POSTERN_REASON_STATE_STALE = 56,
  POSTERN_REASON_TOKEN_NOT_YET_VALID = 57,
  POSTERN_REASON_TOKEN_EXPIRED = 58,
  POSTERN_REASON_TOKEN_TOO_OLD = 59,
  POSTERN_REASON_ABSOLUTE_TIMEOUT = 60,
  POSTERN_REASON_IDLE_TIMEOUT = 61,
  POSTERN_REASON_REAUTHENTICATION_REQUIRED = 62,
};

typedef uint8_t postern_mode; /* of a POSTERN_HANDLE verdict */
enum {
  POSTERN_MODE_NONE = 0,
  POSTERN_MODE_DO_SESSION_REFRESH = 1,
  POSTERN_MODE_SESSION_REFRESHER = 2,
  POSTERN_MODE_GCIP_SIGNOUT = 3,
  POSTERN_MODE_CLEAR_LOGIN_COOKIE = 4,
  POSTERN_MODE_IDENTITY = 5,
  POSTERN_MODE_RESERVED_PATH = 6, /* under /_gcp_iap/, and none of the gate's pages */
};

typedef uint8_t postern_token_test; /* the broken assertion that an allowed SECURE_TOKEN_TEST asks for */
enum {
  POSTERN_TOKEN_TEST_NONE = 0, /* not a test */
  POSTERN_TOKEN_TEST_NOT_SET = 1,
  POSTERN_TOKEN_TEST_FUTURE_ISSUE = 2,
  POSTERN_TOKEN_TEST_PAST_EXPIRATION = 3,
  POSTERN_TOKEN_TEST_ISSUER = 4,
  POSTERN_TOKEN_TEST_AUDIENCE = 5,
  POSTERN_TOKEN_TEST_SIGNATURE = 6,
};

typedef uint8_t postern_clock; /* of a challenge: the clock that fired; of an allow: the clock that valid_until is of */
enum {
  POSTERN_CLOCK_NONE = 0,
  POSTERN_CLOCK_SKEW = 1,
  POSTERN_CLOCK_REVALIDATE = 2,
  POSTERN_CLOCK_STATE_GRACE = 3, /* onStateUnavailable */
  POSTERN_CLOCK_STORE_GRACE = 4, /* onStoreUnavailable */
  POSTERN_CLOCK_TOKEN_START = 5,
  POSTERN_CLOCK_TOKEN_END = 6,
  POSTERN_CLOCK_TOKEN_AGE = 7,
  POSTERN_CLOCK_ABSOLUTE = 8,
  POSTERN_CLOCK_IDLE = 9,
  POSTERN_CLOCK_REAUTHENTICATION = 10,
  POSTERN_CLOCK_CONDITION = 11, /* a condition that asks for the time */
};

typedef uint8_t postern_prompt; /* what the login must ask, on a challenge */
enum {
  POSTERN_PROMPT_NONE = 0,    /* a silent login may do */
  POSTERN_PROMPT_LOGIN = 1,   /* prompt=login, and only an authentication after `authenticated_after` counts */
  POSTERN_PROMPT_CHOOSER = 2, /* the chooser of providers and tenants */
};

typedef uint8_t postern_method; /* strength of an authentication; a higher number meets a lower one */
enum {
  POSTERN_METHOD_NONE = 0,
  POSTERN_METHOD_LOGIN = 1,
  POSTERN_METHOD_ENROLLED_SECOND_FACTORS = 2,
  POSTERN_METHOD_SECURE_KEY = 3,
};

/* ------------------------------------------------------------------ facts */

/*
 * A fact is a cell of 16 bytes. Zeroed memory is an absent fact. Texts lie in one buffer of the caller; `value` is the
 * offset there and `length` the byte count. A list is consecutive cells in the caller's cell array; `value` is the
 * index of the first and `length` their number. A map is a list of key and value cells, alternating.
 */
typedef uint8_t postern_tag;
enum {
  POSTERN_ABSENT = 0,
  POSTERN_UNKNOWN = 1, /* the caller does not know: an error in a condition */
  POSTERN_NULL = 2,
  POSTERN_BOOL = 3,
  POSTERN_INT = 4,
  POSTERN_UINT = 5,
  POSTERN_DOUBLE = 6, /* the bits of an IEEE 754 double */
  POSTERN_TEXT = 7,   /* UTF-8; anything else is an error in a condition */
  POSTERN_BYTES = 8,
  POSTERN_TIMESTAMP = 9, /* milliseconds since 1970-01-01T00:00:00Z, signed */
  POSTERN_DURATION = 10, /* milliseconds, signed */
  POSTERN_LIST = 11,
  POSTERN_MAP = 12,
  POSTERN_ADDRESS = 13, /* 4 or 16 bytes in the buffer */
};

typedef struct postern_cell {
  postern_tag tag;
  uint8_t flags; /* 0 */
  uint16_t reserved; /* 0 */
  uint32_t length;
  uint64_t value;
} postern_cell;

/* What a call's cells refer to. The attribute slots that the bundle asks for are the first cells (docs/bundle-format.md). */
typedef struct postern_facts {
  const uint8_t *text;
  uint64_t text_count;
  const postern_cell *cells;
  uint64_t cell_count;
} postern_facts;

/* All texts. `host` is the Host header or :authority, `path` and `query` the raw request target without the `?`. */
typedef struct postern_request {
  postern_cell method;
  postern_cell scheme;
  postern_cell host;
  postern_cell path;
  postern_cell query;
  postern_cell client_address;
  postern_cell x_requested_with;
  postern_cell sec_fetch_mode;
  postern_cell sec_fetch_dest;
  postern_cell sec_fetch_site;
  postern_cell sec_purpose;
  postern_cell accept;
  postern_cell upgrade; /* of an extended CONNECT (RFC 8441): its :protocol */
  postern_cell origin;
  postern_cell access_control_request_method;
} postern_request;

typedef uint8_t postern_credential_kind;
enum { POSTERN_CREDENTIAL_NONE = 0, POSTERN_CREDENTIAL_SESSION = 1, POSTERN_CREDENTIAL_BEARER = 2 };

typedef uint8_t postern_principal_kind;
enum {
  POSTERN_PRINCIPAL_UNKNOWN = 0, /* held to every rule that people are held to */
  POSTERN_PRINCIPAL_USER = 1,
  POSTERN_PRINCIPAL_SERVICE_ACCOUNT = 2,
  POSTERN_PRINCIPAL_WORKFORCE = 3,
};

typedef uint8_t postern_account_state;
enum {
  POSTERN_ACCOUNT_UNKNOWN = 0,
  POSTERN_ACCOUNT_ACTIVE = 1,
  POSTERN_ACCOUNT_SIGNED_OUT = 2,
  POSTERN_ACCOUNT_SUSPENDED = 3,
  POSTERN_ACCOUNT_PASSWORD_RESET_REQUIRED = 4,
  POSTERN_ACCOUNT_CREDENTIAL_CHANGED = 5,
};

/* Times are milliseconds since 1970-01-01T00:00:00Z; 0 is absent. Booleans are 0 or 1. */
typedef struct postern_credential {
  postern_credential_kind kind;
  postern_principal_kind principal_kind;
  postern_account_state account_state;
  uint8_t email_verified;
  uint8_t groups_complete;
  uint8_t state_source_down;
  uint8_t store_down;
  uint8_t reserved; /* 0 */
  postern_cell provider; /* the provider's name in the policy */
  postern_cell subject;
  postern_cell email;
  postern_cell hosted_domain;
  postern_cell tenant;
  postern_cell groups; /* list of texts */
  postern_cell audience;
  postern_cell authorized_party;
  int64_t created_at;       /* when the provider authenticated the person (auth_time) */
  int64_t last_seen_at;     /* of this session in this app */
  int64_t state_checked_at;
  int64_t issued_at;
  int64_t not_before;
  int64_t expires_at;
  int64_t login_at;         /* latest authentication of each strength */
  int64_t second_factor_at;
  int64_t security_key_at;
  int64_t device_checked_at; /* when the facts of the device were looked at */
} postern_credential;

/* ------------------------------------------------------------------ the answer */

#define POSTERN_NONE UINT32_MAX /* no app, no binding, no deny rule */

typedef uint8_t postern_rule_kind;
enum { POSTERN_RULE_NONE = 0, POSTERN_RULE_BINDING = 1, POSTERN_RULE_DENY = 2 };

typedef struct postern_decision {
  postern_verdict verdict;
  postern_mode mode;
  postern_reason reason;
  postern_clock clock;
  uint8_t identity_attached;        /* 1: forward the identity; 0: forward as anonymous */
  uint8_t touch;                    /* 1: this request is activity, last_seen_at becomes now */
  postern_prompt prompt;
  postern_token_test token_test;
  postern_method reauthentication_method;
  postern_rule_kind rule_kind;
  uint8_t reserved;
  uint32_t reauthentication_max_age_seconds;
  uint32_t app;                     /* index of the app, or POSTERN_NONE */
  uint32_t rule;                    /* id of the binding or deny rule that decided, or POSTERN_NONE */
  int64_t valid_until;              /* of an allow; INT64_MAX where no clock bounds it; otherwise 0 */
  int64_t check_state_at;           /* of an allow: account state must be checked again by then; 0: never */
  int64_t authenticated_after;      /* of a challenge with POSTERN_PROMPT_LOGIN; 0: any */
  uint64_t revision;                /* the bundle's */
} postern_decision;

/* ------------------------------------------------------------------ refreshes of OAuth clients */

typedef uint8_t postern_refresh_outcome;
enum {
  POSTERN_REFRESH_INVALID_GRANT = 0,  /* zeroed memory: `invalid_grant`, no subtype */
  POSTERN_REFRESH_ALLOWED = 1,
  POSTERN_REFRESH_REAUTHENTICATE = 2, /* of a first-party client: with `method`, then refresh */
  POSTERN_REFRESH_INVALID_RAPT = 3,   /* of a third-party client: `invalid_grant`, `invalid_rapt` */
};

typedef uint8_t postern_refresh_reason;
enum {
  POSTERN_REFRESH_REASON_UNDECIDED = 0, /* zeroed memory, and a bundle that is not open */
  /* invalid grant */
  POSTERN_REFRESH_REASON_UNKNOWN_CLIENT = 1,
  POSTERN_REFRESH_REASON_REVOKED = 2,
  POSTERN_REFRESH_REASON_REUSED = 3,
  POSTERN_REFRESH_REASON_UNUSED = 4,
  POSTERN_REFRESH_REASON_PASSWORD_CHANGED = 5,
  POSTERN_REFRESH_REASON_TOO_MANY_TOKENS = 6,
  POSTERN_REFRESH_REASON_CLOCK_SKEW = 7,
  POSTERN_REFRESH_REASON_FACT_MISSING = 8,
  /* allowed */
  POSTERN_REFRESH_REASON_EXEMPT = 20,
  POSTERN_REFRESH_REASON_UNBOUND = 21,
  POSTERN_REFRESH_REASON_WITHIN_SESSION_LENGTH = 22,
  /* reauthenticate, invalid rapt */
  POSTERN_REFRESH_REASON_SESSION_LENGTH_PASSED = 40,
};

typedef uint8_t postern_refresh_flags; /* what is known of the token, as bits */
enum {
  POSTERN_REFRESH_REVOKED = 1,
  POSTERN_REFRESH_REUSED = 2,
  POSTERN_REFRESH_BEYOND_LIVE_TOKENS = 4, /* there are as many newer ones as may live */
  POSTERN_REFRESH_UNKNOWN_SCOPE = 8,      /* a scope was granted that is none of the client's any more */
};

/* Times are milliseconds since 1970-01-01T00:00:00Z; 0 is absent. */
typedef struct postern_refresh {
  uint32_t client; /* index, as `postern_oauth_client` gives it */
  postern_principal_kind principal_kind;
  postern_account_state account_state; /* POSTERN_ACCOUNT_UNKNOWN is no reason to refuse */
  postern_refresh_flags flags;
  uint64_t granted_scopes;  /* bit i: the client's scope i; those of the grant, however few are asked for now */
  int64_t last_used_at;     /* when the token was last used, or issued */
  int64_t authenticated_at; /* the latest authentication, of any strength */
  int64_t security_key_at;  /* the latest with a security key; 0: there was none */
} postern_refresh;

typedef struct postern_refresh_decision {
  postern_refresh_outcome outcome;
  postern_refresh_reason reason;
  postern_method method; /* of POSTERN_REFRESH_REAUTHENTICATE: what to authenticate with; otherwise none */
  uint64_t revision;     /* the bundle's */
  int64_t valid_until;   /* of POSTERN_REFRESH_ALLOWED: the instant from which the token is refused; otherwise 0 */
} postern_refresh_decision;

/* ------------------------------------------------------------------ calls */

#define POSTERN_IDENTITY_WORDS 352
#define POSTERN_BUNDLE_WORDS 96
#define POSTERN_SCRATCH_BYTES 16384

/* Storage that the caller gives. Opaque; an identity may be copied and kept as long as its session. */
typedef struct postern_identity { uint32_t words[POSTERN_IDENTITY_WORDS]; } postern_identity;
typedef struct postern_bundle { uint64_t words[POSTERN_BUNDLE_WORDS]; } postern_bundle;
typedef struct postern_scratch { uint8_t bytes[POSTERN_SCRATCH_BYTES]; } postern_scratch;

/*
 * Verifies `count` bytes and opens them where they lie. They must stay unchanged until the last call with `bundle`.
 * Returns 0, or the number of the verifier's rule that is broken (docs/bundle-format.md); then `bundle` is zeroed, and
 * deciding with it forbids.
 */
uint32_t postern_open(const uint8_t *bytes, uint64_t count, postern_bundle *bundle);

/* Zeroes `bundle`: deciding with it forbids. */
void postern_close(postern_bundle *bundle);

/* Turns who the credential says it is into what this bundle knows of it. Once per session, and again after a swap. */
void postern_resolve(const postern_bundle *bundle, const postern_credential *credential, const postern_facts *facts,
                     postern_identity *identity);

/*
 * Decides one request at `now` (milliseconds since 1970). `credential` and `identity` may be null where there is no
 * credential. `scratch` need not be zeroed; it may be shared by all calls of one thread.
 */
void postern_decide(const postern_bundle *bundle, const postern_request *request, const postern_facts *facts,
                    const postern_credential *credential, const postern_identity *identity, int64_t now,
                    postern_scratch *scratch, postern_decision *decision);

/* A text inside the bundle, not terminated; `bytes` is null where there is none. */
typedef struct postern_text { const uint8_t *bytes; uint64_t count; } postern_text;

/* The name, the login hint and the audience of an app of a decision. */
postern_text postern_app_name(const postern_bundle *bundle, uint32_t app);
postern_text postern_app_login_hint(const postern_bundle *bundle, uint32_t app);
postern_text postern_app_audience(const postern_bundle *bundle, uint32_t app);

/*
 * Decides whether an OAuth client may refresh at `now` (milliseconds since 1970); docs/decision.md, "OAuth clients". With
 * a null pointer, or a bundle that is not open, the answer is POSTERN_REFRESH_INVALID_GRANT, undecided.
 */
void postern_decide_refresh(const postern_bundle *bundle, const postern_refresh *refresh, int64_t now,
                            postern_refresh_decision *decision);

/* The index of the OAuth client with an id of `count` bytes; POSTERN_NONE where the bundle has none. */
uint32_t postern_oauth_client(const postern_bundle *bundle, const uint8_t *id, uint64_t count);

/* The bit of one of a client's scopes; 0 where it has no such scope: then POSTERN_REFRESH_UNKNOWN_SCOPE, if it was granted. */
uint64_t postern_oauth_scope(const postern_bundle *bundle, uint32_t client, const uint8_t *scope, uint64_t count);

/* The bundle's revision; 0 where it is not open. */
uint64_t postern_revision(const postern_bundle *bundle);

#ifdef __cplusplus
}
#endif

#endif
