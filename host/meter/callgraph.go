package meter

// callGraph has a node for each function of the input, by index, and behind
// those a node for each function type. A call through a table is an edge to the
// node of its type, which has edges to the table's functions of that type; so the
// graph stays as small as the module however many functions share a type.
type callGraph struct {
	functions int    // nodes below this are functions
	imports   int    // of which these are imports
	callees   graph  // an edge for each call site
	isTry     []bool // of imports
}

// graph holds successors by node, in two arrays.
type graph struct {
	first []uint32 // by node, and the end: where its edges start
	edges []uint32
}

func (g graph) nodes() int { return len(g.first) - 1 }

func (g graph) from(node uint32) []uint32 { return g.edges[g.first[node]:g.first[node+1]] }

// newGraph makes a graph of the edges that each calls back with, always in the
// same order: it is called once to count them and once to keep them.
func newGraph(nodes int, each func(edge func(from, to uint32))) graph {
	first := make([]uint32, nodes+1)
	each(func(from, _ uint32) { first[from+1]++ })
	for i := range nodes {
		first[i+1] += first[i]
	}
	edges := make([]uint32, first[nodes])
	next := append([]uint32(nil), first[:nodes]...)
	each(func(from, to uint32) {
		edges[next[from]] = to
		next[from]++
	})
	return graph{first, edges}
}

// reverse returns the graph with every edge turned round.
func (g graph) reverse() graph {
	return newGraph(g.nodes(), func(edge func(from, to uint32)) {
		for node := range uint32(g.nodes()) {
			for _, to := range g.from(node) {
				edge(to, node)
			}
		}
	})
}

// newCallGraph makes the graph of a module. Roles are those of its imports; a
// call of try is an edge to the type of the functions that it calls.
func newCallGraph(m *module, roles []role, types map[functionType]uint32) *callGraph {
	functions := m.functionCount()
	typeNode := func(index uint32) uint32 {
		return uint32(functions) + types[m.types[index]]
	}
	g := &callGraph{functions: functions, imports: len(m.imports), isTry: make([]bool, len(m.imports))}
	inTable := make([]bool, functions)
	for i := range m.elements {
		if s := &m.elements[i]; s.active() {
			for _, entry := range s.entries {
				if entry.bytes == nil {
					inTable[entry.function] = true
				}
			}
		}
	}
	g.callees = newGraph(functions+len(m.types), func(edge func(from, to uint32)) {
		for i, role := range roles {
			if role == roleTry {
				g.isTry[i] = true
				edge(uint32(i), uint32(functions)+types[protectedType])
			}
		}
		for i := range m.functions {
			f, node := &m.functions[i], uint32(len(m.imports)+i)
			for _, s := range m.sites[f.firstSite:f.endSite] {
				switch s.kind {
				case siteCall:
					edge(node, s.index)
				case siteCallIndirect:
					edge(node, typeNode(s.index))
				}
			}
		}
		for i, present := range inTable {
			if present {
				edge(typeNode(m.typeOf(i)), uint32(i))
			}
		}
	})
	return g
}

// isFunction reports whether the output has code for the node.
func (g *callGraph) isFunction(node uint32) bool {
	return int(node) < g.functions && (int(node) >= g.imports || g.isTry[node])
}

// mayThrow returns the nodes whose call may come back unwinding: throw itself,
// and what calls such a node, except try, which ends it.
func (g *callGraph) mayThrow(roles []role) []bool {
	callers := g.callees.reverse()
	throws := make([]bool, callers.nodes())
	var pending []uint32
	for i, role := range roles {
		if role == roleThrow {
			throws[i] = true
			pending = append(pending, uint32(i))
		}
	}
	for len(pending) > 0 {
		node := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, caller := range callers.from(node) {
			isTry := int(caller) < g.imports && g.isTry[caller]
			if !throws[caller] && !isTry {
				throws[caller] = true
				pending = append(pending, caller)
			}
		}
	}
	return throws
}
