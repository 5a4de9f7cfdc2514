package command

import (
	"tidelock/proxy/counter"
	"tidelock/proxy/runtime"
)

// show servers conn [<backend>]
//
// Idle connections of a server stand in one pool, whatever processor serves them: there is one number at the end.
func showConnections(c *runtime.Call, backends []Backend) {
	c.Printf("# bkname/svname bkid/svid addr port - purge_delay used_cur used_max need_est unsafe_nb safe_nb idle_lim idle_cur idle_per_thr[1]\n")
	for _, b := range backends {
		for _, t := range b.Servers() {
			var now counter.State
			if t.Counters.State != nil {
				t.Counters.State(&now)
			}
			host, port := place(Server{t})
			limit := int64(-1)
			if now.IdleLimit.Ok {
				limit = int64(now.IdleLimit.Value)
			}
			idle := now.SafeIdle + now.UnsafeIdle
			c.Printf("%s/%s %d/%d %s %d - %d %d %d %d %d %d %d %d %d\n", b.Proxy.Name, t.Name, b.Proxy.ID, t.ID, host, port,
				t.Pool.PurgeDelay.Milliseconds(), now.Used, t.Counters.Sessions.Max(), now.Estimate, now.UnsafeIdle, now.SafeIdle,
				limit, idle, idle)
		}
	}
}
