//go:build race

package proxy

// The race detector makes pools forget things at random, so nothing can be said of allocations.
func init() { underRace = true }
