package server

// schedule lays out one period of a smooth weighted round robin: each server as often as its weight says and as evenly
// spread as can be. A period worked out once makes the choice for a request one atomic increment, whatever the number
// of servers.
func schedule(servers []*Server) []*Server {
	divisor, total := 0, 0
	for _, s := range servers {
		divisor = gcd(divisor, s.Weight)
		total += s.Weight
	}
	if total == 0 {
		return nil
	}
	total /= divisor
	period := make([]*Server, 0, total)
	// Every server gains its weight per turn, and the richest pays the total for being chosen.
	credit := make([]int, len(servers))
	for range total {
		best := -1
		for i, s := range servers {
			credit[i] += s.Weight / divisor
			if s.Weight > 0 && (best < 0 || credit[i] > credit[best]) {
				best = i
			}
		}
		credit[best] -= total
		period = append(period, servers[best])
	}
	return period
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
