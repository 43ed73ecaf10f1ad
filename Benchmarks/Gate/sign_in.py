"""Logs in to the demo as ann with a real browser, and prints the session's identifier.

sign_in.py CHROMIUM
"""

import sys

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    context = browser.new_context(ignore_https_errors=True)
    page = context.new_page()
    page.goto("https://wiki.localhost:8443/")
    page.fill("input[name=login]", "ann")
    page.click("button[type=submit]")
    page.wait_for_selector("input[name=password]")
    page.fill("input[name=password]", "correct horse")
    with page.expect_navigation(url=lambda url: "//id." not in url):
        page.click("button[type=submit]")
    page.wait_for_load_state()
    if page.locator("button").count():
        page.click("button")
        page.wait_for_url("https://wiki.localhost:8443/**")
    cookies = context.cookies("https://wiki.localhost:8443/")
    print(next(cookie["value"] for cookie in cookies if cookie["name"] == "__Host-postern"))
