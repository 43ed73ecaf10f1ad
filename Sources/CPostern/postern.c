/* The module needs one source file; the contract is the header. */
#include "postern.h"
