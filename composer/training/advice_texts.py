"""What is advised and why: the texts of `advice`, in one place."""

TEXTS: dict[str, tuple[str, str]] = {
    "explodes": (
        "The losses have run away: try a lower learning rate.",
        "After each batch the model takes a step downhill. Where the steps are too long it jumps over the valley and "
        "lands higher up each time, until the numbers mean nothing any more. A learning rate a few times smaller takes "
        "shorter steps. A larger reconstruction weight helps too: it keeps the generator near real music.",
    ),
    "critic-wins": (
        "The critic has become too strong: try a lower update ratio or a lower learning rate.",
        "Generator and critic should learn at the same pace. Here the critic's loss falls while the generator's "
        "climbs: it tells real music from generated so easily that the generator only hears that everything "
        "is wrong, and not what would be better. With a lower update ratio the critic learns less often.",
    ),
    "too-little-music": (
        "There is very little music to learn from: add pieces, or begin from a trained model.",
        "A model finds rules by seeing many examples; from a few it can only learn these by heart. A hundred bars are "
        "a bare beginning, a thousand are good. A model that begins from a trained one (“Begin from”) needs far less.",
    ),
    "learned-by-heart": (
        "It learns its pieces by heart: try more dropout or more music, or stop earlier.",
        "On its own pieces it still gets better (the reconstruction loss falls), but on music that it has never seen "
        "it gets worse (the similarity index rises). That is called overfitting. Dropout makes learning by heart "
        "harder, more music makes it useless, and stopping earlier ends it in time.",
    ),
    "too-slow": (
        "It hardly learns: try a higher learning rate.",
        "The loss is almost where it began. With so small a learning rate each step is tiny, and it would take very "
        "many epochs to get anywhere. Try one ten times as large; the default is a good place to begin.",
    ),
    "noise-says-nothing": (
        "The noise says nothing: try a lower noise weight.",
        "The noise vector is what makes one take differ from the next. How much it tells of the music (the noise term, "
        "in nats) is nearly 0, so all takes of this model will be much alike. A lower noise weight lets it say more.",
    ),
    "still-falling": (
        "It was still getting better when its epochs were used up: continue for more epochs.",
        "The similarity index was still falling at the end. Press Continue and it goes on from where it stopped; by "
        "itself it ends when there is no more progress.",
    ),
}
"""What to do, and the explanation that “Why?” opens, by the name of the rule; the most important first."""
