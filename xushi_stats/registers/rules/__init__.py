"""What a town's rules decide: the parameters of ``rules.toml``, none of them with a default."""
