/* The system's libcrypto, by pkg-config `openssl`. One file of PosternCompiler imports it. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
