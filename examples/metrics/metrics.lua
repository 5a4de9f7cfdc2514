-- The service lua.metrics.
local metrics = {
  {"site_requests_total", "stot"}, {"site_responses_ok_total", "hrsp_2xx"}, {"site_responses_missing_total", "hrsp_4xx"},
}

core.register_service("metrics", "http", function(applet)
  local lines = core.concat()
  for _, metric in ipairs(metrics) do
    lines:add("# TYPE " .. metric[1] .. " counter\n")
    for name, backend in pairs(core.backends) do
      lines:add(('%s{backend="%s"} %d\n'):format(metric[1], name, backend:get_stats()[metric[2]]))
    end
  end
  local text = lines:dump()
  applet:set_status(200)
  applet:add_header("content-type", "text/plain; version=0.0.4")
  applet:add_header("content-length", #text)
  applet:start_response()
  applet:send(text)
end)
