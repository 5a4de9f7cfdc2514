package server

// An Algorithm makes the choice among servers (manual, section 4.2, "balance").
type Algorithm struct {
	Name string
	// Keyed algorithms choose by a hash of the exchange; without one they take turns.
	Keyed bool
	// dynamic algorithms follow changes of weight while a server is up. Keyed ones do if their hashing is consistent.
	dynamic bool
	make    func(members []member, o Options) chooser
}

// Options of the algorithms.
type Options struct {
	Consistent bool // hash-type consistent
	Draws      int  // balance random(<draws>)
	// Factor bounds the load of a server under consistent hashing, in percent of its fair share; 0 for any load
	// (hash-balance-factor).
	Factor int
}

// Algorithms are all there are.
var Algorithms = []Algorithm{
	{"roundrobin", false, true, newRoundRobin},
	{"static-rr", false, false, newStaticRoundRobin},
	{"leastconn", false, true, newLeastConnections},
	{"first", false, true, newFirst},
	{"random", false, true, newRandom},
	{"source", true, false, newHashed},
	{"uri", true, false, newHashed},
	{"url_param", true, false, newHashed},
	{"hdr", true, false, newHashed},
	{"rdp-cookie", true, false, newHashed},
	{"hash", true, false, newHashed},
}

// AlgorithmNamed returns the algorithm of a name, or nil.
func AlgorithmNamed(name string) *Algorithm {
	for i := range Algorithms {
		if Algorithms[i].Name == name {
			return &Algorithms[i]
		}
	}
	return nil
}

// weightScale is how finely a server that starts slowly is weighed: in sixteenths of a unit of weight.
const weightScale = 16

// member is a server of a farm with what it weighed when the farm was put together, in sixteenths.
type member struct {
	*Server
	weight int
}

// chooser is one algorithm over the servers of a farm. It is made anew for each change of the farm, and used by all
// exchanges at once. Next returns a server that has room, nil where all are full; an algorithm that goes by the key returns
// the server of the key, full or not. The server to avoid, if any, is one that has just failed: it is returned only when
// there is no other.
type chooser interface {
	next(key uint32, keyed bool, avoid *Server) *Server
}

// resumer is a chooser that goes on where the one before it stopped.
type resumer interface {
	resume(before *farm) // nil for none
}

// free returns the first server from index i on that has room, going round once.
func free(sequence []*Server, i uint64, avoid *Server) *Server {
	n := uint64(len(sequence))
	var last *Server
	for k := range n {
		if s := sequence[(i+k)%n]; s.hasRoom() {
			if s != avoid {
				return s
			}
			last = s
		}
	}
	return last
}

// commonDivisor of the weights.
func commonDivisor(members []member) int {
	divisor := 0
	for _, m := range members {
		for a, b := divisor, m.weight; ; a, b = b, a%b {
			if b == 0 {
				divisor = a
				break
			}
		}
	}
	return max(divisor, 1)
}
