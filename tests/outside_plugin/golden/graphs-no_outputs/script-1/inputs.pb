
 
text

nothing comes back