// The names of reasons and prompts, as docs/decision.md and the language write them; a test compares. Facts only.

internal import CPostern

enum ReasonName {
  static func text(_ reason: postern_reason) -> String {
    switch Int(reason) {
    case POSTERN_REASON_MALFORMED_REQUEST: "malformedRequest"
    case POSTERN_REASON_STALE_RESOLUTION: "staleResolution"
    case POSTERN_REASON_IDENTITY_TOO_LARGE: "identityTooLarge"
    case POSTERN_REASON_UNKNOWN_HOST: "unknownHost"
    case POSTERN_REASON_AMBIGUOUS_PATH: "ambiguousPath"
    case POSTERN_REASON_NO_ROUTE: "noRoute"
    case POSTERN_REASON_DOMAIN_NOT_ALLOWED: "domainNotAllowed"
    case POSTERN_REASON_DENIED: "denied"
    case POSTERN_REASON_GROUPS_UNKNOWN: "groupsUnknown"
    case POSTERN_REASON_CONDITION_FALSE: "conditionFalse"
    case POSTERN_REASON_CONDITION_ERROR: "conditionError"
    case POSTERN_REASON_NO_BINDING: "noBinding"
    case POSTERN_REASON_GRANTED: "granted"
    case POSTERN_REASON_PUBLIC_ACCESS: "publicAccess"
    case POSTERN_REASON_CORS_OPTIONS: "corsOptions"
    case POSTERN_REASON_MODE_REQUESTED: "modeRequested"
    case POSTERN_REASON_NO_CREDENTIAL: "noCredential"
    case POSTERN_REASON_PROGRAMMATIC_ACCESS_DISABLED: "programmaticAccessDisabled"
    case POSTERN_REASON_AUDIENCE_MISMATCH: "audienceMismatch"
    case POSTERN_REASON_AUTHORIZED_PARTY_MISMATCH: "authorizedPartyMismatch"
    case POSTERN_REASON_PROVIDER_MISMATCH: "providerMismatch"
    case POSTERN_REASON_TENANT_MISMATCH: "tenantMismatch"
    case POSTERN_REASON_CLOCK_SKEW: "clockSkew"
    case POSTERN_REASON_FACT_MISSING: "factMissing"
    case POSTERN_REASON_SIGNED_OUT: "signedOut"
    case POSTERN_REASON_SUSPENDED: "suspended"
    case POSTERN_REASON_PASSWORD_RESET_REQUIRED: "passwordResetRequired"
    case POSTERN_REASON_CREDENTIAL_CHANGED: "credentialChanged"
    case POSTERN_REASON_STATE_STALE: "stateStale"
    case POSTERN_REASON_TOKEN_NOT_YET_VALID: "tokenNotYetValid"
    case POSTERN_REASON_TOKEN_EXPIRED: "tokenExpired"
    case POSTERN_REASON_TOKEN_TOO_OLD: "tokenTooOld"
    case POSTERN_REASON_ABSOLUTE_TIMEOUT: "absoluteTimeout"
    case POSTERN_REASON_IDLE_TIMEOUT: "idleTimeout"
    case POSTERN_REASON_REAUTHENTICATION_REQUIRED: "reauthenticationRequired"
    default: "undecided"
    }
  }

  /// A sentence for a person whose session has ended or who may not pass; what else is wrong is not theirs to know.
  static func sentence(_ name: String) -> String {
    switch name {
    case "absoluteTimeout": "Your session has reached its longest length."
    case "idleTimeout": "Your session ended because it was not used for a while."
    case "reauthenticationRequired": "This page asks you to confirm that it is you."
    case "signedOut": "You have signed out."
    case "suspended", "passwordResetRequired", "credentialChanged": "Your account has changed."
    case "domainNotAllowed": "Your organization has no access to this application."
    case "noCredential": "You are not signed in."
    case "denied", "groupsUnknown", "conditionFalse", "conditionError", "noBinding":
      "Your account has no access to this page."
    case "noRoute", "unknownHost": "There is nothing here."
    case "malformedRequest", "ambiguousPath": "The address of this page cannot be read."
    default: "Your session cannot be used any more."
    }
  }
}
