package counter

import (
	"fmt"
	"time"
)

// Field is a line of "show info".
type Field struct {
	Number int // in the typed output format
	Name   string
	Tags   string
	Value  Value
}

// Info returns the lines of "show info", in its order.
func (p *Process) Info(now time.Time) []Field {
	var s ProcessState
	if p.State != nil {
		p.State(&s)
	}
	fields := make([]Field, 0, 72)
	number := 0
	add := func(name, tags string, v Value) {
		fields = append(fields, Field{number, name, tags, v})
		number++
	}
	limit := func(name string, n uint64) { add(name, "CLP", u32(n)) }
	gauge := func(name string, n uint64) { add(name, "MGP", u32(n)) }
	total := func(name string, n uint64) { add(name, "MCP", u32(n)) }
	rate := func(name string, n uint64) { add(name, "MRP", u32(n)) }
	highest := func(name string, n int64) { add(name, "MMP", u32(n)) }

	up := now.Sub(s.Started)
	add("Name", "POS", text(s.Name))
	add("Version", "POS", text(s.Version))
	add("Release_date", "POS", text(s.ReleaseDate))
	add("Nbthread", "CGS", u32(s.Threads))
	add("Nbproc", "CGS", u32(1))
	add("Process_num", "KGP", u32(1))
	add("Pid", "SGP", u32(s.PID))
	add("Uptime", "MDP", text(uptime(up)))
	add("Uptime_sec", "MDP", u32(int64(up/time.Second)))
	limit("Memmax_MB", s.MemoryLimit>>20)
	gauge("PoolAlloc_MB", s.Memory>>20)
	gauge("PoolUsed_MB", s.Memory>>20)
	total("PoolFailed", 0)
	limit("Ulimit-n", s.DescriptorLimit)
	limit("Maxsock", s.DescriptorLimit)
	limit("Maxconn", s.MaxConnections)
	limit("Hard_maxconn", s.HardMaxConnections)
	gauge("CurrConns", uint64(p.Connections.Now()))
	total("CumConns", p.AllConnections.Load())
	total("CumReq", p.Requests.Load())
	highest("MaxSslConns", p.TLS.Max())
	gauge("CurrSslConns", uint64(p.TLS.Now()))
	total("CumSslConns", p.AllTLS.Load())
	limit("Maxpipes", 0)
	gauge("PipesUsed", 0)
	gauge("PipesFree", 0)
	rate("ConnRate", p.ConnectionRate.Now(now))
	limit("ConnRateLimit", s.ConnectionRateLimit)
	highest("MaxConnRate", p.ConnectionRate.Max())
	rate("SessRate", p.SessionRate.Now(now))
	limit("SessRateLimit", s.SessionRateLimit)
	rate("MaxSessRate", uint64(p.SessionRate.Max()))
	rate("SslRate", p.TLSRate.Now(now))
	limit("SslRateLimit", s.TLSRateLimit)
	highest("MaxSslRate", p.TLSRate.Max())
	gauge("SslFrontendKeyRate", p.TLSKeyRate.Now(now))
	highest("SslFrontendMaxKeyRate", p.TLSKeyRate.Max())
	gauge("SslFrontendSessionReuse_pct", reusePercent(p.TLSRate.Now(now), p.TLSKeyRate.Now(now)))
	rate("SslBackendKeyRate", p.TLSServerKeyRate.Now(now))
	highest("SslBackendMaxKeyRate", p.TLSServerKeyRate.Max())
	total("SslCacheLookups", p.TLSCacheLookups.Load())
	total("SslCacheMisses", p.TLSCacheMisses.Load())
	rate("CompressBpsIn", p.CompressorInRate.Now(now)<<10)
	rate("CompressBpsOut", p.CompressorOutRate.Now(now)<<10)
	limit("CompressBpsRateLim", s.CompressionRateLimit)
	number += 2 // zlib's memory, which HAProxy shows only when it is built with it
	gauge("Tasks", s.Tasks)
	gauge("Run_queue", s.RunQueue)
	add("Idle_pct", "MaP", u32(s.IdlePercent))
	add("node", "COS", text(s.Node))
	if s.Description != "" {
		add("description", "COS", text(s.Description))
	} else {
		number++
	}
	gauge("Stopping", flag(s.Stopping))
	gauge("Jobs", s.Listeners+uint64(p.Connections.Now()))
	gauge("Unstoppable Jobs", 0)
	gauge("Listeners", s.Listeners)
	gauge("ActivePeers", 0)
	gauge("ConnectedPeers", 0)
	gauge("DroppedLogs", p.DroppedLogs.Load())
	gauge("BusyPolling", 0)
	gauge("FailedResolutions", p.FailedResolutions.Load())
	wide := func(name, tags string, n uint64) { add(name, tags, Value{Type: U64, Number: int64(n)}) }
	wide("TotalBytesOut", "MGP", p.bytesOut.Load())
	wide("TotalSplicdedBytesOut", "MGP", 0)
	wide("BytesOutRate", "MRP", p.bytesOutRate.Now(now)<<10)
	gauge("DebugCommandsIssued", 0)
	total("CumRecvLogs", 0)
	add("Build info", "POS", text(s.Build))
	limit("Memmax_bytes", s.MemoryLimit)
	wide("PoolAlloc_bytes", "MGP", s.Memory)
	wide("PoolUsed_bytes", "MGP", s.Memory)
	add("Start_time_sec", "MDP", u32(s.Started.Unix()))
	add("Tainted", "SGP", text("0"))
	return fields
}

// uptime is like 0d 1h02m03s.
func uptime(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("%dd %dh%02dm%02ds", s/86400, s/3600%24, s/60%60, s%60)
}

// reusePercent says how many handshakes of clients needed no new key.
func reusePercent(handshakes, keys uint64) uint64 {
	if handshakes == 0 || keys > handshakes {
		return 0
	}
	return 100 * (handshakes - keys) / handshakes
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
