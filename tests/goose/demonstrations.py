def run(*a): return 0,[],0
