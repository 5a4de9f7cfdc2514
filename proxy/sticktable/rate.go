package sticktable

// rate counts events over a sliding period: those of the current one, and of the one before it in proportion to what of
// that one the window still covers.
type rate struct {
	current, previous uint64
	start             int64 // of the current period, in the table's milliseconds
}

// turn brings r to the period in which now lies.
func (r *rate) turn(now, period int64) {
	switch age := now - r.start; {
	case period <= 0:
	case age < period:
	case age < 2*period:
		r.previous, r.current, r.start = r.current, 0, r.start+period
	default:
		r.previous, r.current, r.start = 0, 0, now
	}
}

func (r *rate) add(n uint64, now, period int64) {
	r.turn(now, period)
	r.current += n
}

// read returns the events of the period that ends now.
func (r *rate) read(now, period int64) uint64 {
	if period <= 0 {
		return 0
	}
	r.turn(now, period)
	return r.current + r.previous*uint64(period-(now-r.start))/uint64(period)
}

// set makes n events the rate.
func (r *rate) set(n uint64, now int64) { *r = rate{current: n, start: now} }
