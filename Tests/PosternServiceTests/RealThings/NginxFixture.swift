// nginx for the tests: the recipes of docs/recipes as they are, in a folder of the test's own, with a gate behind a Unix socket there.

import Foundation

/// What every nginx of the tests has in common.
enum NginxFixture {
  /// Writes the recipes and a configuration with these servers, and starts nginx; `http` stands before them.
  static func start(in folder: TestFolder, http: String = "", servers: String) throws -> ServerProcess {
    for name in ["request", "server", "location", "login"] {
      try folder.write("postern-\(name).conf", RepositoryFile.text("docs/recipes/nginx/postern-\(name).conf"))
    }
    try folder.write(
      "nginx.conf",
      """
      daemon off; pid nginx.pid; error_log error.log; \(getuid() == 0 ? "user root;" : "")
      events {}
      http {
        access_log off;
        client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
        large_client_header_buffers 8 128k;
        \(http)
        upstream postern { server unix:\(folder.path("gate.sock")); keepalive 16; }
        \(servers)
      }
      """)
    return try ServerProcess("nginx", ["-p", folder.root, "-c", "nginx.conf"], in: folder)
  }
}
