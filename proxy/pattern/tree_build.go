package pattern

// keyed is an entry with the key under which a tree has it.
type keyed struct {
	key   string
	entry *Entry
}

// buildTree returns the tree of many entries at once, in the order of which those with the same key stand. It sorts them
// byte by byte into the branches of each node, which allocates every node in its final place: several times faster than
// adding one after the other. It uses items as it likes.
func buildTree(items []keyed) node {
	if len(items) == 0 {
		return node{}
	}
	return buildNode(items, make([]keyed, len(items)), 0)
}

// buildNode returns the node for items, whose keys are alike before depth. Room is for sorting, as long as items.
func buildNode(items, room []keyed, depth int) node {
	first := items[0].key
	end := len(first)
	for _, item := range items[1:] {
		end = depth + commonPrefix(first[depth:end], item.key[depth:])
	}
	n := node{prefix: first[depth:end]}
	if len(items) == 1 {
		n.first = items[0].entry
		return n
	}

	// starts[b+1] is where those with byte b go, starts[0] where those that end here do.
	var starts [258]int32
	for _, item := range items {
		starts[slot(item.key, end)+1]++
	}
	labels := make([]byte, 0, 8)
	for i := 1; i < len(starts); i++ {
		if i > 1 && starts[i] > 0 {
			labels = append(labels, byte(i-2))
		}
		starts[i] += starts[i-1]
	}
	next := starts
	for _, item := range items {
		s := slot(item.key, end)
		room[next[s]] = item
		next[s]++
	}
	copy(items, room)

	n.add(items[:starts[1]])
	if len(labels) == 0 {
		return n
	}
	n.branch = &branch{string(labels), make([]node, len(labels))}
	for i, label := range labels {
		from, to := starts[int(label)+1], starts[int(label)+2]
		n.branch.nodes[i] = buildNode(items[from:to], room[from:to], end+1)
	}
	return n
}

// slot returns 0 for a key that ends at an offset, else 1 and above by the byte there.
func slot(key string, offset int) int {
	if offset == len(key) {
		return 0
	}
	return int(key[offset]) + 1
}

// add puts entries at the end of n's own.
func (n *node) add(items []keyed) {
	if len(items) == 0 {
		return
	}
	n.first = items[0].entry
	if len(items) == 1 {
		return
	}
	others := make([]*Entry, len(items)-1)
	for i, item := range items[1:] {
		others[i] = item.entry
	}
	n.others = &others
}
