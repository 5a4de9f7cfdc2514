package sample

import "tidelock/proxy/value"

// taskFetches tell of the scheduler that runs exchanges (manual, section 7.3.2). HAProxy's is its own and calls a task
// again and again; here one goroutine runs an exchange from its beginning to its end, and Go's scheduler keeps no times
// for each. Those are 0, as HAProxy has them while it does no profiling.
var taskFetches = []Fetch{
	{Name: "cpu_calls", Output: value.Integer, Source: internalState, Get: taskCalls},
	{Name: "cpu_ns_avg", Output: value.Integer, Source: internalState, Get: taskTime},
	{Name: "cpu_ns_tot", Output: value.Integer, Source: internalState, Get: taskTime},
	{Name: "lat_ns_avg", Output: value.Integer, Source: internalState, Get: taskTime},
	{Name: "lat_ns_tot", Output: value.Integer, Source: internalState, Get: taskTime},
}

func taskCalls(*Context, []Argument) value.Value { return value.Int(1) }

func taskTime(*Context, []Argument) value.Value { return value.Int(0) }
