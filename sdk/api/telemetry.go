package api

var tracer = Class{
	Name: "Tracer", Since: Own, Summary: "`core.tracer`: OpenTelemetry's spans, below that of the execution. Where nobody traces, or the trace is not sampled, everything works and nothing is kept.",
	Members: []Member{
		{".start(name: string, attributes?: table<string, string|number|boolean>) -> Span", Anywhere, "", "Opens a span below that of the execution. The end of the execution ends it, at the latest. In a task the first one behind a wait links to what ended that."},
		{".traceparent() -> string?", Anywhere, "", "The execution's place in the trace, as the header `traceparent` has it; nil where nobody traces."},
	},
}

var span = Class{
	Name: "Span", Since: Own, Summary: "Something that a script does, with its duration. In Lua 5.4 `local span <close> = core.tracer.start(name)` ends it with its block.",
	Members: []Member{
		{":start(name: string, attributes?: table<string, string|number|boolean>) -> Span", Anywhere, "", "Opens a span below this one."},
		{":set_attribute(key: string, value: string|number|boolean)", Anywhere, "", "Sets an attribute."},
		{":add_event(name: string, attributes?: table<string, string|number|boolean>)", Anywhere, "", "Adds an event at this time."},
		{":record_error(problem: any)", Anywhere, "", "Adds an event `exception` with the problem as text and the place in the script, and makes the status an error."},
		{":set_status(status: \"ok\"|\"error\", description?: string)", Anywhere, "", "Sets the status."},
		{":traceparent() -> string?", Anywhere, "", "The span's place in the trace, as the header `traceparent` has it; nil where nobody traces."},
		{":finish()", Anywhere, "", "Ends the span. Its methods do nothing any more."},
	},
}

var meter = Class{
	Name: "Meter", Since: Own, Summary: "`core.meter`: OpenTelemetry's instruments. Best made while the script is loaded; instruments of one kind and name are one. Options are `unit`, as in UCUM, and `description`.",
	Members: []Member{
		{".counter(name: string, options?: {unit?: string, description?: string}) -> Counter", Anywhere, "", "A sum that only grows."},
		{".gauge(name: string, options?: {unit?: string, description?: string}) -> Gauge", Anywhere, "", "A value that changes."},
		{".histogram(name: string, options?: {unit?: string, description?: string}) -> Histogram", Anywhere, "", "How values are distributed."},
	},
}

var counter = Class{
	Name: "Counter", Since: Own, Summary: "What Meter.counter returns.",
	Members: []Member{
		{":add(value: number, attributes?: table<string, string|number|boolean>)", Anywhere, "", "Adds a value that is not negative."},
	},
}

var gauge = Class{
	Name: "Gauge", Since: Own, Summary: "What Meter.gauge returns.",
	Members: []Member{
		{":set(value: number, attributes?: table<string, string|number|boolean>)", Anywhere, "", "Sets the value."},
	},
}

var histogram = Class{
	Name: "Histogram", Since: Own, Summary: "What Meter.histogram returns.",
	Members: []Member{
		{":record(value: number, attributes?: table<string, string|number|boolean>)", Anywhere, "", "Counts a value."},
	},
}
