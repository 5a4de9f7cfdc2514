package meter

import (
	"container/heap"
	"slices"
)

// feedbackSet returns functions such that every cycle of the call graph goes
// through one of them. A smallest set is NP-hard to find; this greedy one takes
// O(edges log nodes), so that a hostile module cannot make it slow.
func (g *callGraph) feedbackSet() []bool {
	cycles := g.cyclicEdges()
	c := &cutter{
		graph:   g,
		callees: cycles,
		callers: cycles.reverse(),
		inCycle: make([]bool, cycles.nodes()),
		chosen:  make([]bool, cycles.nodes()),
	}
	c.inDegree = make([]int, cycles.nodes())
	c.outDegree = make([]int, cycles.nodes())
	for node := range uint32(cycles.nodes()) {
		c.inDegree[node] = len(c.callers.from(node))
		c.outDegree[node] = len(c.callees.from(node))
		c.inCycle[node] = true
	}
	for node := range uint32(cycles.nodes()) {
		c.trim(node)
	}
	c.chooseSelfCalling()
	for node := range uint32(cycles.nodes()) {
		if c.inCycle[node] && g.isFunction(node) {
			c.queue = append(c.queue, candidate{node, c.score(node)})
		}
	}
	heap.Init(&c.queue)
	for len(c.queue) > 0 {
		best := heap.Pop(&c.queue).(candidate)
		if !c.inCycle[best.node] {
			continue
		}
		if score := c.score(best.node); score < best.score {
			heap.Push(&c.queue, candidate{best.node, score})
			continue
		}
		c.choose(best.node)
	}
	return c.chosen
}

// cutter is the state of the greedy choice.
type cutter struct {
	graph               *callGraph
	callees, callers    graph
	inCycle             []bool // nodes that may still lie on an uncut cycle
	inDegree, outDegree []int  // counting nodes that may
	chosen              []bool
	queue               candidates
	removed             []uint32 // stack of remove
}

// choose puts a function into the set.
func (c *cutter) choose(node uint32) {
	c.chosen[node] = true
	c.remove(node)
}

// trim removes a node without a live caller or callee: no cycle goes through it.
func (c *cutter) trim(node uint32) {
	if c.inCycle[node] && (c.inDegree[node] == 0 || c.outDegree[node] == 0) {
		c.remove(node)
	}
}

// remove takes a node out of the graph, and then all that lost their last
// caller or callee by it.
func (c *cutter) remove(node uint32) {
	c.inCycle[node] = false
	c.removed = append(c.removed, node)
	for len(c.removed) > 0 {
		gone := c.removed[len(c.removed)-1]
		c.removed = c.removed[:len(c.removed)-1]
		for _, callee := range c.callees.from(gone) {
			if c.inDegree[callee]--; c.inCycle[callee] && c.inDegree[callee] == 0 {
				c.inCycle[callee] = false
				c.removed = append(c.removed, callee)
			}
		}
		for _, caller := range c.callers.from(gone) {
			if c.outDegree[caller]--; c.inCycle[caller] && c.outDegree[caller] == 0 {
				c.inCycle[caller] = false
				c.removed = append(c.removed, caller)
			}
		}
	}
}

// chooseSelfCalling takes the functions that are in every solution: those that
// call themselves, directly or through a table entry of their own type.
func (c *cutter) chooseSelfCalling() {
	calledBy := make([]uint32, c.callees.nodes()) // last type node seen, plus one
	for node := range uint32(c.callees.nodes()) {
		if c.graph.isFunction(node) {
			if c.inCycle[node] && slices.Contains(c.callees.from(node), node) {
				c.choose(node)
			}
			continue
		}
		for _, callee := range c.callees.from(node) {
			calledBy[callee] = node + 1
		}
		for _, caller := range c.callers.from(node) {
			if calledBy[caller] == node+1 && c.inCycle[caller] {
				c.choose(caller)
			}
		}
	}
}

// score estimates the number of cycles through a node.
func (c *cutter) score(node uint32) int { return c.inDegree[node] * c.outDegree[node] }

type candidate struct {
	node  uint32
	score int
}

// candidates is a heap with the highest score first, and the lowest index among
// equals so that the same input gives the same output.
type candidates []candidate

func (q candidates) Len() int { return len(q) }
func (q candidates) Less(i, j int) bool {
	if q[i].score != q[j].score {
		return q[i].score > q[j].score
	}
	return q[i].node < q[j].node
}
func (q candidates) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *candidates) Push(x any)   { *q = append(*q, x.(candidate)) }
func (q *candidates) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// cyclicEdges returns the graph of the edges that lie on cycles, each once:
// those whose ends are in the same strongly connected component.
func (g *callGraph) cyclicEdges() graph {
	component := g.callees.components()
	lastFrom := make([]uint32, g.callees.nodes()) // last caller that had an edge here, plus one
	return newGraph(g.callees.nodes(), func(edge func(from, to uint32)) {
		clear(lastFrom)
		for node := range uint32(g.callees.nodes()) {
			for _, to := range g.callees.from(node) {
				if component[to] == component[node] && lastFrom[to] != node+1 {
					lastFrom[to] = node + 1
					edge(node, to)
				}
			}
		}
	})
}

// components numbers the strongly connected components and returns each node's:
// Tarjan's algorithm with a stack of its own, because the depth is the input's.
func (g graph) components() []uint32 {
	const unvisited = 0
	n := uint32(g.nodes())
	order := make([]uint32, n)  // of the first visit, from 1
	lowest := make([]uint32, n) // order reachable through the component
	component := make([]uint32, n)
	next := append([]uint32(nil), g.first[:n]...) // edge to follow
	var open, path []uint32
	var visits, found uint32
	for root := range n {
		if order[root] != unvisited {
			continue
		}
		path = append(path, root)
		for len(path) > 0 {
			node := path[len(path)-1]
			if order[node] == unvisited {
				visits++
				order[node], lowest[node] = visits, visits
				open = append(open, node)
			}
			if next[node] < g.first[node+1] {
				to := g.edges[next[node]]
				next[node]++
				if order[to] == unvisited {
					path = append(path, to)
				} else if component[to] == 0 {
					lowest[node] = min(lowest[node], order[to])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				caller := path[len(path)-1]
				lowest[caller] = min(lowest[caller], lowest[node])
			}
			if lowest[node] == order[node] {
				found++
				for {
					member := open[len(open)-1]
					open = open[:len(open)-1]
					component[member] = found
					if member == node {
						break
					}
				}
			}
		}
	}
	return component
}
