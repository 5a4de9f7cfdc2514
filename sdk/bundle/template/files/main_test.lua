script "main.lua"

describe("hello", function()
  it("greets everybody", function()
    local response = exchange{path = "/"}:service("hello")
    expect(response.status):to_be(200)
    expect(response.body):to_be("Hello, world!\n")
  end)

  it("greets by name", function()
    local response = exchange{path = "/", headers = {["x-name"] = "Jane"}}:service("hello")
    expect(response.body):to_be("Hello, Jane!\n")
  end)
end)
