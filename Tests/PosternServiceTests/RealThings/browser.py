"""A real browser for the tests: Chromium, driven by Playwright, told what to do by POST requests with JSON.

browser.py PORT CHROMIUM
"""

import http.server
import json
import sys

from playwright.sync_api import sync_playwright

port, chromium = int(sys.argv[1]), sys.argv[2]


class Driver:
    def __init__(self, playwright):
        self.browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        self.new({})

    def new(self, _):
        """A browser that knows nothing yet."""
        self.context = self.browser.new_context(ignore_https_errors=True)
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        return {}

    def goto(self, command):
        response = self.page.goto(command["url"])
        return self.state() | {"status": response.status if response else 0}

    def state(self, _=None):
        return {"url": self.page.url, "title": self.page.title(), "text": self.page.inner_text("body")}

    def login(self, command):
        """Fills in the provider's forms, as far as it shows them."""
        name = self.page.locator("input[name=login]")
        if name.count():
            name.fill(command["user"])
            self.page.click("button[type=submit]")
        self.page.wait_for_selector("input[name=password]")
        self.page.fill("input[name=password]", "correct horse")
        with self.page.expect_navigation(url=lambda url: "//id." not in url):
            self.page.click("button[type=submit]")
        self.page.wait_for_load_state()
        return self.state()

    def click(self, command):
        with self.page.expect_navigation():
            self.page.click(command["selector"])
        self.page.wait_for_load_state()
        return self.state()

    def evaluate(self, command):
        return {"value": self.page.evaluate(command["script"])}

    def popup(self, command):
        """Opens a window from the page, does what it is asked there, and waits until it closes itself."""
        opener = self.page
        with opener.expect_popup() as info:
            opener.evaluate("url => { window.open(url) }", command["url"])
        popup = info.value
        popup.wait_for_load_state()
        if command.get("user"):
            self.page = popup
            try:
                if popup.locator("input[name=login]").count():
                    popup.fill("input[name=login]", command["user"])
                    popup.click("button[type=submit]")
                popup.wait_for_selector("input[name=password]")
                popup.fill("input[name=password]", "correct horse")
                with popup.expect_event("close"):
                    popup.click("button[type=submit]")
            finally:
                self.page = opener
        elif not popup.is_closed():
            popup.wait_for_event("close")
        return self.state()

    def cookies(self, _):
        return {"cookies": self.context.cookies()}

    def screenshot(self, command):
        self.page.screenshot(path=command["path"])
        return {}


with sync_playwright() as playwright:
    driver = Driver(playwright)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            command = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                answer, status = getattr(driver, command["do"])(command), 200
            except Exception as error:  # What went wrong is the test's to report.
                answer, status = {"error": str(error)} | {"url": driver.page.url}, 500
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
