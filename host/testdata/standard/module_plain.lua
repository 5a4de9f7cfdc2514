return {name = ..., data = select(2, ...)}
