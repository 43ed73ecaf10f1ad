// posternd: a short main around the service. Refuses nothing itself.

import Glibc
import PosternService

let code = await Daemon.run(
  arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessEnvironment.variables
) { print($0) }
exit(code)
