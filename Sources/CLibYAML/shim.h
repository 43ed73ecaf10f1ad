/* The system's libyaml, by pkg-config `yaml-0.1`. One file of PosternLanguage imports it. */
#include <yaml.h>
