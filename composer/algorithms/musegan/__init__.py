"""MuseGAN: several tracks at once from noise, or around a melody (Dong et al. 2018)."""
