/* The system's hiredis, by pkg-config `hiredis`: its reader of replies alone. One file of PosternService imports it. */
#include <stdlib.h>
#include <hiredis/hiredis.h>
#include <hiredis/read.h>
