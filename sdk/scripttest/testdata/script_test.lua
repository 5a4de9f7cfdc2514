script("script.lua", "welcome")

describe("actions", function()
  local x
  before_each(function() x = exchange{path = "/private", headers = {authorization = "Bearer x", host = {"a", "b"}}} end)
  after_each(function() x = nil end)

  it("refuses", function()
    x = exchange{}
    expect(x:action("auth", "http://127.0.0.1:1")):to_be("done")
    expect(x:response().status):to_be(401)
    expect(x:response().body):to_contain("token")
  end)

  it("asks a service", function()
    local service = upstream{status = 200, headers = {["x-a"] = "b"}, body = "jane", delay = 5}
    expect(x:action("auth", service.url)):to_be("continue")
    expect(x:get_var("txn.user")):to_be("jane")
    expect(x:request().headers):to_equal{authorization = "Bearer x", host = "a, b", ["x-user"] = "jane"}
    local asked = service:requests()
    expect(#asked):to_be(1)
    expect(asked[1].path):to_match("^/ch")
    expect(asked[1].headers.authorization):to_be("Bearer x")
    expect(logs()[1]):to_contain("service said 200")
    service:close()
  end)

  it("changes responses", function()
    x:set_response{status = 404, headers = {["x-marked"] = "no"}}
    x:action("mark")
    expect(x:response().status):to_be(404)
    expect(x:response().headers["x-marked"]):to_be("no, yes")
  end)

  it("sees connections", function()
    local connection = exchange{mode = "tcp", src = "192.0.2.7"}
    connection:action("sniff")
    expect(connection:get_var("sess.seen")):to_be("192.0.2.7")
  end)
end)

describe("samples and services", function()
  it("fetches", function()
    expect(exchange{path = "/p"}:fetch("greet")):to_be("welcome /p")
    expect(exchange{}:fetch("greet", "you")).never:to_be("welcome /")
  end)
  it("converts", function() expect(exchange{}:converter("twice", "ab")):to_be("abab") end)
  it("serves", function()
    local response = exchange{method = "POST", body = "text"}:service("echo")
    expect(response.status):to_be(201)
    expect(response.body):to_be("POST text")
    expect(response.headers["x-echo"]):to_be("1")
  end)
end)

describe("time", function()
  it("passes when told", function()
    clock.freeze()
    local before = exchange{}:fetch("date")
    clock.advance(100)
    expect(exchange{}:fetch("date") - before):to_be(100)
  end)
end)

describe("expect", function()
  it("compares", function()
    expect({1, {a = "b"}}):to_equal{1, {a = "b"}}
    expect({1, 2}):to_contain(2)
    expect(nil):to_be_nil()
    expect(false):to_be_false()
    expect(function() error("broken") end):to_fail("broken")
    expect(function() expect(1):to_be(2) end):to_fail("expected 1 to be 2")
    expect(function() expect({1}).never:to_equal{1} end):to_fail("expected {[1] = 1} not to equal {[1] = 1}")
    expect(function() expect(1):to_bee(2) end):to_fail("no matcher 'to_bee'")
  end)
end)
